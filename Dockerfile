# Fengshao: one image, every role; see docker-compose.yml. The tag is pinned; pin its digest too where you can look it up.
FROM python:3.11.14-slim-bookworm AS build
WORKDIR /build
# All of the lock, with its hashes; of it only what the product needs goes on.
COPY requirements.lock ./
RUN pip download --no-cache-dir --no-deps --require-hashes --only-binary :all: -r requirements.lock -d wheels
COPY pyproject.toml README.md LICENSE ./
COPY ingest ingest
COPY rules rules
COPY alerts alerts
COPY dashboards dashboards
COPY simulators simulators
COPY pipeline pipeline
COPY sites/shaoxing sites/shaoxing
RUN python -m venv /opt/fengshao \
    && /opt/fengshao/bin/pip install --no-index --find-links wheels --no-cache-dir --no-compile '.[fast,cluster]' \
    && /opt/fengshao/bin/pip uninstall --yes pip setuptools

FROM python:3.11.14-slim-bookworm
COPY --from=build /opt/fengshao /opt/fengshao
ENV PATH=/opt/fengshao/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    NUMBA_CACHE_DIR=/var/lib/fengshao/kernels/numba
# Folders that volumes take over: a new volume gets the owner of what it covers.
RUN useradd --system --uid 10001 --home-dir /var/lib/fengshao --create-home fengshao \
    && mkdir -p /var/lib/fengshao/kernels/numba /var/lib/fengshao/board /var/lib/fengshao/feed \
        /var/lib/fengshao/grafana/provisioning /var/lib/fengshao/grafana/boards /var/lib/fengshao/grafana/maps \
    && chown -R fengshao:fengshao /var/lib/fengshao
USER fengshao
WORKDIR /var/lib/fengshao
RUN python -m pipeline.warm
ENTRYPOINT ["fengshao"]
CMD ["--help"]

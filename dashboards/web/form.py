"""What a page of ours posts: the fields of a plain form, each cut to a length that a person would write."""

from starlette.exceptions import HTTPException
from starlette.requests import Request

FORM = "application/x-www-form-urlencoded"
LONGEST_FIELD = 500


async def fields(request: Request) -> dict[str, str]:
    """By name. A form of another kind, such as one in parts with a coding of its own, is none that our pages send."""
    kind = request.headers.get("content-type", FORM).partition(";")[0].strip().lower()
    if kind != FORM:
        raise HTTPException(415, "not_a_form")
    return {name: str(value)[:LONGEST_FIELD] for name, value in (await request.form()).items()}

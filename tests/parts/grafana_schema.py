"""Grafana's own types for dashboards, and a compiler that says whether a board fits them."""

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

SCHEMA = "grafana-schema-12.4.11"
"""The folder among what is built; its version is that of the pinned Grafana's last patch."""
PACKAGES = ("@grafana/schema@12.4.11", "typescript@5.9.3")
PANELS = {
    "barchart": "barchart",
    "bargauge": "bargauge",
    "geomap": "geomap",
    "stat": "stat",
    "state-timeline": "statetimeline",
    "table": "table",
    "timeseries": "timeseries",
}
"""A panel's type → the folder of its options and its settings of a column."""
WITHOUT_FIELDS = ("bargauge", "geomap", "stat")
HEAD = """import type { AnnotationQuery, Dashboard, Panel, VariableModel } from '@grafana/schema';
// JSON knows no enums: where a type wants one, its plain values fit.
type Plain<T> = T extends string ? `${T}` : T extends number ? (number extends T ? T : number)
  : T extends boolean | null | undefined ? T
  : T extends Array<infer E> ? Array<Plain<E>> : T extends object ? { [K in keyof T]: Plain<T[K]> } : T;
type Query = { refId: string; datasource: { type: 'influxdb'; uid: string }; query: string };
type Shown<Options, Fields> = Omit<Plain<Panel<Record<string, unknown>, Plain<Fields>>>, 'options' | 'targets'>
  & { options: Plain<Options>; targets: Query[] };
type Note = Omit<Plain<AnnotationQuery>, 'target'> & { target: Query };
type Board = Omit<Plain<Dashboard>, 'panels' | 'annotations' | 'templating'>;
"""


def fetch_schema(folder: Path) -> None:
    """By npm, as it is set up here, into ``folder``."""
    options = ["--no-audit", "--no-fund", "--ignore-scripts", "--prefix", str(folder)]
    subprocess.run(["npm", "install", *options, *PACKAGES], check=True, stdin=subprocess.DEVNULL)


def misfits(schema: Path, boards: Mapping[str, dict[str, Any]], scratch: Path) -> str:
    """What the compiler says of the boards against Grafana's types; empty where all fits."""
    imports = [
        f"import type * as {folder} from '@grafana/schema/dist/types/raw/composable/{folder}/panelcfg/x/types.gen';"
        for folder in PANELS.values()
    ]
    lines = [*imports, HEAD]
    for place, board in enumerate(boards.values()):
        rest = {key: value for key, value in board.items() if key not in ("panels", "annotations", "templating")}
        lines.append(f"export const board{place}: Board = {_literal(rest)};")
        lines.append(f"export const notes{place}: Note[] = {_literal(board['annotations']['list'])};")
        lines.append(
            f"export const variables{place}: Plain<VariableModel>[] = {_literal(board['templating']['list'])};"
        )
        for number, panel in enumerate(board["panels"]):
            lines.append(f"export const panel{place}_{number}: {_type_of(panel)} = {_literal(panel)};")
    source = scratch / "boards.ts"
    source.write_text("\n".join(lines), encoding="utf-8")
    (scratch / "node_modules").symlink_to(schema / "node_modules")
    compiler = schema / "node_modules" / "typescript" / "lib" / "tsc.js"
    options = ["--noEmit", "--strict", "--skipLibCheck", "--module", "esnext", "--moduleResolution", "node"]
    done = subprocess.run(["node", str(compiler), *options, str(source)], capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


def _type_of(panel: Mapping[str, Any]) -> str:
    folder = PANELS[panel["type"]]
    fields = "Record<string, never>" if folder in WITHOUT_FIELDS else f"{folder}.FieldConfig"
    return f"Shown<{folder}.Options, {fields}>"


def _literal(content: object) -> str:
    return json.dumps(content, ensure_ascii=False, indent=1)

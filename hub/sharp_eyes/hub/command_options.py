"""Options that the hub's commands share."""

from pathlib import Path
from typing import Annotated

import typer

ConfigOption = Annotated[Path | None, typer.Option("--config", help="hub.yaml; every key may be left out.")]
DataOption = Annotated[Path | None, typer.Option("--data", help="Folder for database, evidence and broker.")]

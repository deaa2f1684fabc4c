"""``sharp-eyes-edge originals``: keys and files of sealed originals."""

from pathlib import Path
from typing import Annotated

import typer

from sharp_eyes.configuration.whole_files import write_private

app = typer.Typer(
    no_args_is_help=True, help="Evidence without its masks, sealed on the gateway: make keys, open files."
)


@app.command()
def keygen(
    private: Annotated[Path, typer.Argument(help="File for the private key; take it off the gateway.")],
    public: Annotated[Path, typer.Argument(help="File for the public key, named by privacy.original_key.")],
) -> None:
    """Make a pair of keys.

    Example: `sharp-eyes-edge originals keygen originals.key originals.pub`
    """
    from sharp_eyes.edge.privacy.originals import make_keys

    make_keys(private, public)
    typer.echo(f"{private}: keep it where the gateway is not. {public}: name it in privacy.original_key.")


@app.command("open")
def open_(
    sealed: Annotated[Path, typer.Argument(help="A file from the folder 'originals' of the gateway's data.")],
    key: Annotated[Path, typer.Option(help="File of the private key.")],
    out: Annotated[Path | None, typer.Option(help="Where to write it; beside the sealed one by default.")] = None,
) -> None:
    """Open a sealed original; what comes out is for its owner alone.

    Example: `sharp-eyes-edge originals open 5d0c….jpg.sealed --key originals.key`
    """
    from sharp_eyes.edge.errors import ConfigError
    from sharp_eyes.edge.privacy.originals import open_sealed
    from sharp_eyes.edge.privacy.terms import SUFFIX

    target = out or sealed.with_name(sealed.name.removesuffix(SUFFIX))
    try:
        write_private(target, open_sealed(sealed, key))
    except OSError as error:
        raise ConfigError(f"{target}: {error.strerror}") from error
    typer.echo(str(target))

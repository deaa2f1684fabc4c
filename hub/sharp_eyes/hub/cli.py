"""``sharp-eyes-hub``: the command centre on the command line."""

import json
import logging
import sys
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from rich.console import Console
from rich.table import Table
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from sharp_eyes.configuration.loading import ending_at_once
from sharp_eyes.configuration.log_file import log_to
from sharp_eyes.configuration.log_format import LOG_FORMAT_VARIABLE, LogFormat, begin_log, is_json
from sharp_eyes.configuration.version import __version__
from sharp_eyes.hub import keeping
from sharp_eyes.hub.audit import Action, command_line, record
from sharp_eyes.hub.broker.mosquitto import write_files
from sharp_eyes.hub.broker.nats import Node, write_cluster_files
from sharp_eyes.hub.camera_commands import camera
from sharp_eyes.hub.city_commands import city
from sharp_eyes.hub.command_options import ConfigOption, DataOption
from sharp_eyes.hub.demo.command import demo
from sharp_eyes.hub.demo.stories.command import play
from sharp_eyes.hub.dry_run_command import city_try
from sharp_eyes.hub.duty_commands import duty, snooze
from sharp_eyes.hub.errors import HubError, SettingsError
from sharp_eyes.hub.gateway_commands import gateway
from sharp_eyes.hub.hub import Hub, prepared_hub
from sharp_eyes.hub.intake.gateways import list_gateways
from sharp_eyes.hub.intake.platforms import list_platforms
from sharp_eyes.hub.lesson_commands import lessons
from sharp_eyes.hub.lifecycle.roles import Role
from sharp_eyes.hub.notice_commands import notices, user_contact
from sharp_eyes.hub.oidc_commands import oidc
from sharp_eyes.hub.people.accounts import (
    add_account,
    change_account,
    find_account,
    set_disabled,
    set_password,
)
from sharp_eyes.hub.people.second_factor import switch_off
from sharp_eyes.hub.people.sessions import end_sessions_of
from sharp_eyes.hub.platform_commands import device_platform
from sharp_eyes.hub.private_files import keep_files_private
from sharp_eyes.hub.security_commands import tls
from sharp_eyes.hub.settings import HubSettings, load_settings
from sharp_eyes.hub.store.tables import Account
from sharp_eyes.hub.store.trouble import command_trouble
from sharp_eyes.hub.store.unit_of_work import UnitOfWork
from sharp_eyes.hub.token_commands import token
from sharp_eyes.hub.webhook_commands import webhook

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, pretty_exceptions_enable=False, help=__doc__)
user = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Accounts of people.")
app.command()(demo)
app.command()(play)
for _command in (keeping.backup, keeping.restore, keeping.disk, keeping.unnamed, keeping.figures, keeping.hold):
    app.command()(_command)
app.command("audit")(keeping.show_audit)
app.add_typer(user, name="user")
app.add_typer(gateway, name="gateway")
app.add_typer(device_platform, name="device-platform")
app.add_typer(city, name="city")
app.add_typer(tls, name="tls")
app.add_typer(camera, name="camera")
app.add_typer(notices, name="notices")
app.add_typer(duty, name="duty")
app.add_typer(snooze, name="snooze")
app.add_typer(token, name="token")
app.add_typer(webhook, name="webhook")
app.add_typer(lessons, name="lessons")
app.add_typer(oidc, name="oidc")
user.command("contact")(user_contact)
city.command("try")(city_try)

PasswordOption = Annotated[
    bool, typer.Option("--password-stdin", help="Read the password from the first line of standard input.")
]
_OUT = Console()


def main() -> None:
    """Run the command line; a foreseen error is one line, not a traceback."""
    keep_files_private()
    try:
        app()
    except HubError as error:
        _end(str(error))
    except (SQLAlchemyError, OSError) as error:  # the database or a disk went away in the middle
        if (said := command_trouble(error)) is None:
            raise
        _end(said)


def _end(why: str) -> NoReturn:
    if is_json():
        logging.getLogger(__name__).critical("%s", why)
    else:
        typer.echo(f"error: {why}", err=True)
    sys.exit(1)


@app.command()
def serve(
    config: ConfigOption = None,
    data: DataOption = None,
    host: Annotated[str | None, typer.Option(help="Address to listen on, instead of http.host.")] = None,
    port: Annotated[int | None, typer.Option(help="Port, instead of http.port.")] = None,
    verbose: Annotated[bool, typer.Option("--verbose", help="Say more.")] = False,
    log_file: Annotated[
        Path | None, typer.Option(help="Log into this file, too: six files of 10 MB at most, the oldest go.")
    ] = None,
    log_format: Annotated[
        LogFormat,
        typer.Option(envvar=LOG_FORMAT_VARIABLE, help="Lines of the log for people, or one JSON object a line."),
    ] = LogFormat.TEXT,
) -> None:
    """Run the hub: web page, interface, intake and the bundled broker.

    Examples:
      sharp-eyes-hub serve --data var/hub
      sharp-eyes-hub serve --data var/hub --log-file var/hub.log
      sharp-eyes-hub serve --config hub.yaml --port 8443
    """
    with ending_at_once():
        from sharp_eyes.hub.serve import serve as serve_hub  # noqa: PLC0415 - the web framework loads slowly

    begin_log(logging.DEBUG if verbose else logging.INFO, log_format)
    if log_file is not None:
        log_to(log_file, SettingsError, log_format)
    logging.getLogger("alembic").setLevel(logging.WARNING)
    settings = load_settings(config, data)
    update = {key: value for key, value in (("host", host), ("port", port)) if value is not None}
    serve_hub(settings.model_copy(update={"http": settings.http.model_copy(update=update)}))


@app.command()
def openapi() -> None:
    """Print the HTTP interface as OpenAPI 3.1.

    Example:
      sharp-eyes-hub openapi > openapi.json
    """
    from sharp_eyes.hub.app import create_app  # noqa: PLC0415 - the web framework loads slowly

    typer.echo(json.dumps(create_app(Hub(HubSettings())).openapi(), indent=2, ensure_ascii=False))


@app.command()
def version() -> None:
    """Print the version."""
    typer.echo(__version__)


@app.command("broker-files")
def broker_files(
    folder: Annotated[Path, typer.Argument(help="Folder to write into.")],
    port: Annotated[int, typer.Option(help="Port that the broker listens on.")] = 1883,
    nats: Annotated[str, typer.Option(help="Hosts of a NATS cluster, three at least, with commas between.")] = "",
    config: ConfigOption = None,
    data: DataOption = None,
) -> None:
    """Write settings, passwords and access for all gateways and platforms: a Mosquitto's, or those of a NATS cluster.

    Run it again after 'gateway add' and have the broker read them: kill -HUP.

    Examples:
      sharp-eyes-hub broker-files mosquitto/ && cat mosquitto/mosquitto.conf
      sharp-eyes-hub broker-files nats/ --nats mq-1,mq-2,mq-3
    """
    with _hub(config, data) as hub, hub.transaction() as work:
        gateways, speakers = list_gateways(work.session), list_platforms(work.session)
        pbkdf2, pbkdf2_platforms = ({row.name: row.pbkdf2_hash for row in rows} for rows in (gateways, speakers))
        bcrypt, bcrypt_platforms = ({row.name: row.bcrypt_hash for row in rows} for rows in (gateways, speakers))
        _record(work, Action.BROKER_FILES_WRITTEN, work.city.root, str(folder))
        settings = hub.settings
    if nats:
        nodes = [Node(host.strip(), port) for host in nats.split(",")]
        secret = write_cluster_files(
            folder, bcrypt, nodes, settings.tls_files, platforms=bcrypt_platforms, insecure=settings.insecure
        )
        written = f"nats-1.json to nats-{len(nodes)}.json"
    else:
        secret = write_files(
            folder, pbkdf2, port, settings.tls_files, platforms=pbkdf2_platforms, insecure=settings.insecure
        )
        written = "mosquitto.conf, passwords and access"
    scheme = "mqtt" if settings.tls is None else "mqtts"
    typer.echo(f"{folder}: {written} for {len(gateways)} gateways")
    typer.echo(f"in hub.yaml:  broker: {{kind: external, url: '{scheme}://…:{port}', password_file: {secret}}}")


@user.command("add")
def user_add(
    name: Annotated[str, typer.Argument(help="User name: lower-case letters, digits, '.', '-', '_'.")],
    role: Annotated[str, typer.Option(help=f"What the person does: {', '.join(Role)}, or the city pack's own.")],
    area: Annotated[str | None, typer.Option(help="Area they see with all below; the whole city.")] = None,
    unit: Annotated[str | None, typer.Option(help="Unit of a handler.")] = None,
    display_name: Annotated[str, typer.Option(help="Name shown to others.")] = "",
    language: Annotated[str, typer.Option(help="zh or en.")] = "zh",
    password_stdin: PasswordOption = False,
    config: ConfigOption = None,
    data: DataOption = None,
) -> None:
    """Make an account; the password is asked for.

    Examples:
      sharp-eyes-hub user add admin --role administrator
      sharp-eyes-hub user add squad --role handler --unit traffic-police --area demo/first-street
    """
    password = _ask_password(password_stdin)
    with _hub(config, data) as hub, hub.transaction() as work:
        account = add_account(
            work.session,
            work.city,
            work.now,
            username=name,
            password=password,
            role=role,
            area=area,
            unit=unit,
            display_name=display_name,
            language=language,
        )
        _record(work, Action.ACCOUNT_ADDED, account.area, name, role=role, unit=unit)
    typer.echo(f"user {name} was made")


@user.command("password")
def user_password(
    name: str, password_stdin: PasswordOption = False, config: ConfigOption = None, data: DataOption = None
) -> None:
    """Change a password; the person is signed out everywhere.

    Example:
      sharp-eyes-hub user password admin
    """
    password = _ask_password(password_stdin)
    with _hub(config, data) as hub, hub.transaction() as work:
        account = set_password(work.session, name, password)
        _record(work, Action.PASSWORD_CHANGED, account.area, name)
    typer.echo(f"the password of {name} was changed")


@user.command("change")
def user_change(
    name: str,
    role: Annotated[str | None, typer.Option(help="What the person does from now on.")] = None,
    area: Annotated[str | None, typer.Option(help="Area they see with all below.")] = None,
    unit: Annotated[str | None, typer.Option(help="Unit of a handler.")] = None,
    display_name: Annotated[str | None, typer.Option(help="Name shown to others.")] = None,
    config: ConfigOption = None,
    data: DataOption = None,
) -> None:
    """Change an account's role, area, unit or name; the person must sign in again.

    Examples:
      sharp-eyes-hub user change squad --area demo/second-street
      sharp-eyes-hub user change lee --role shift_lead
    """
    with _hub(config, data) as hub, hub.transaction() as work:
        account = change_account(
            work.session, work.city, name, role=role, area=area, unit=unit, display_name=display_name
        )
        _record(work, Action.ACCOUNT_CHANGED, account.area, name, role=account.role, unit=account.unit)
        said = f"user {name} is {account.role} in {account.area}" + (f", unit {account.unit}" if account.unit else "")
    typer.echo(said)


@user.command("disable")
def user_disable(
    name: str,
    enable: Annotated[bool, typer.Option("--enable", help="Let the person in again.")] = False,
    config: ConfigOption = None,
    data: DataOption = None,
) -> None:
    """Lock an account out at once; its name stays in the logs of its cases.

    Examples:
      sharp-eyes-hub user disable squad
      sharp-eyes-hub user disable squad --enable
    """
    with _hub(config, data) as hub, hub.transaction() as work:
        account = set_disabled(work.session, name, disabled=not enable)
        _record(work, Action.ACCOUNT_ENABLED if enable else Action.ACCOUNT_DISABLED, account.area, name)
    typer.echo(f"user {name} is {'let in' if enable else 'locked out'}")


@user.command("reset-second-factor")
def user_reset_second_factor(name: str, config: ConfigOption = None, data: DataOption = None) -> None:
    """Take a second factor away whose telephone was lost; the person is signed out everywhere.

    Example:
      sharp-eyes-hub user reset-second-factor admin
    """
    with _hub(config, data) as hub, hub.transaction() as work:
        account = find_account(work.session, name)
        switch_off(work.session, account.id)
        end_sessions_of(work.session, account.id)
        _record(work, Action.SECOND_FACTOR_OFF, account.area, name)
    typer.echo(f"user {name} signs in with the password alone until they set a second factor up again")


@user.command("list")
def user_list(config: ConfigOption = None, data: DataOption = None) -> None:
    """List all accounts.

    Example:
      sharp-eyes-hub user list
    """
    table = Table("user", "name", "role", "area", "unit", "may sign in")
    with _hub(config, data) as hub, hub.read_only() as work:
        for row in work.session.scalars(select(Account).order_by(Account.username)):
            table.add_row(
                row.username, row.display_name, row.role, row.area, row.unit or "", "no" if row.disabled else "yes"
            )
    _OUT.print(table)


def _ask_password(from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    answer: str = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    return answer


def _record(work: UnitOfWork, action: Action, area: str, subject: str, **detail: Any) -> None:
    record(work.session, work.now, command_line(), action, area=area, subject=subject, **detail)


def _hub(config: Path | None, data: Path | None) -> AbstractContextManager[Hub]:
    return prepared_hub(load_settings(config, data))

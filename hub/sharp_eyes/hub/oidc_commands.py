"""``sharp-eyes-hub oidc``: the OpenID Connect provider is tried, and accounts are linked with it."""

from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from sqlalchemy import select

from sharp_eyes.hub.audit import command_line
from sharp_eyes.hub.command_options import ConfigOption, DataOption
from sharp_eyes.hub.errors import SettingsError
from sharp_eyes.hub.hub import Hub, prepared_hub
from sharp_eyes.hub.oidc_settings import OidcSettings
from sharp_eyes.hub.people.accounts import find_account
from sharp_eyes.hub.people.provider import identities
from sharp_eyes.hub.people.provider.identities import Linking, check_groups
from sharp_eyes.hub.settings import load_settings
from sharp_eyes.hub.store.people_tables import ProviderIdentity

oidc = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Signing in by an OpenID Connect provider.")
_OUT = Console()


@oidc.command("test")
def oidc_test(config: ConfigOption = None, data: DataOption = None) -> None:
    """Ask the provider what it says of itself and for its keys, and say what it has to know of this hub.

    Example:
      sharp-eyes-hub oidc test --config hub.yaml
    """
    with prepared_hub(load_settings(config, data)) as hub, hub.read_only() as work:
        settings = _settings(hub)
        check_groups(settings, work.city, work.areas)
        provider = hub.provider
    assert provider is not None
    keys = provider.check()
    typer.echo(f"{settings.issuer} answers, with {keys} {'key' if keys == 1 else 'keys'}")
    typer.echo(f"it must know the client {settings.client_id} with the redirect URI {settings.callback}")


@oidc.command("expect")
def oidc_expect(
    name: Annotated[str, typer.Argument(help="User name here.")],
    value: Annotated[str, typer.Argument(help="What the provider's claim oidc.link_claim says, such as their mail.")],
    config: ConfigOption = None,
    data: DataOption = None,
) -> None:
    """Say as whom the provider knows somebody; their first sign-in there links the account. An earlier link ends.

    Example:
      sharp-eyes-hub oidc expect ann ann@city.example --config hub.yaml
    """
    with prepared_hub(load_settings(config, data)) as hub, hub.transaction() as work:
        settings = _settings(hub)
        if settings.link_claim is None:
            raise SettingsError("oidc.link_claim is empty in hub.yaml: people link their accounts themselves")
        account = find_account(work.session, name)
        identities.expect(work, Linking(settings.issuer, command_line()), account, value)
        said = f"user {name} is linked once {settings.issuer} says that their {settings.link_claim} is {value}"
    typer.echo(said)


@oidc.command("unlink")
def oidc_unlink(name: str, config: ConfigOption = None, data: DataOption = None) -> None:
    """End what links an account with the provider, or what is expected; the password stays a way in.

    Example:
      sharp-eyes-hub oidc unlink ann --config hub.yaml
    """
    with prepared_hub(load_settings(config, data)) as hub, hub.transaction() as work:
        settings = _settings(hub)
        account = find_account(work.session, name)
        if not identities.unlink(work, Linking(settings.issuer, command_line()), account):
            raise SettingsError(f"user {name!r} is not linked with {settings.issuer}; 'oidc list' shows who is")
    typer.echo(f"user {name} is not linked any more")


@oidc.command("list")
def oidc_list(config: ConfigOption = None, data: DataOption = None) -> None:
    """List who is linked with the provider, or expected.

    Example:
      sharp-eyes-hub oidc list --config hub.yaml
    """
    table = Table("user", "subject", "expected", "linked", "by")
    with prepared_hub(load_settings(config, data)) as hub, hub.read_only() as work:
        query = select(ProviderIdentity).where(ProviderIdentity.issuer == _settings(hub).issuer)
        for row in work.session.scalars(query.order_by(ProviderIdentity.id)):
            linked = "" if row.linked_at is None else f"{row.linked_at:%Y-%m-%d %H:%M}"
            table.add_row(row.account.username, row.subject or "", row.expected or "", linked, row.made_by)
    _OUT.print(table)


def _settings(hub: Hub) -> OidcSettings:
    if hub.settings.oidc is None:
        raise SettingsError("there is no provider: hub.yaml has no section 'oidc' (docs/security.md)")
    return hub.settings.oidc

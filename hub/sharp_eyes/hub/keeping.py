"""Commands for what is kept: backup and restore, disk use, legal hold, audit trail."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from sqlalchemy import select

from sharp_eyes.hub import audit
from sharp_eyes.hub.audit import Action, command_line, record
from sharp_eyes.hub.backup import restore as restore_backup
from sharp_eyes.hub.backup import save as save_backup
from sharp_eyes.hub.cases.daily_figures import forget_all, make_sums
from sharp_eyes.hub.cases.legal_hold import set_legal_hold
from sharp_eyes.hub.command_options import ConfigOption, DataOption
from sharp_eyes.hub.errors import SettingsError
from sharp_eyes.hub.hub import prepared_hub, utc_now
from sharp_eyes.hub.lifecycle.acts import Actor, ActorKind
from sharp_eyes.hub.retention.disk_use import measure as measure_disk
from sharp_eyes.hub.retention.unnamed_files import find_unnamed, remove_unnamed
from sharp_eyes.hub.settings import HubSettings, load_settings
from sharp_eyes.hub.store.case_tables import Case
from sharp_eyes.hub.store.figure_tables import FigureProgress
from sharp_eyes.hub.store.tables import Deletion
from sharp_eyes.hub.store.unit_of_work import UnitOfWork

_OUT = Console()
_SETTLED = timedelta(hours=1)


def backup(
    file: Annotated[Path, typer.Argument(help="File to write, best on another disk.")],
    config: ConfigOption = None,
    data: DataOption = None,
) -> None:
    """Save database and evidence into one file, while the hub runs. Whoever has the file has all of it: keep it safe.

    Example:
      sharp-eyes-hub backup /mnt/backup/hub-$(date +%F).tar --config hub.yaml
    """
    settings = load_settings(config, data)
    saved = save_backup(settings, file, utc_now())
    _record(settings, Action.BACKUP_WRITTEN, file)
    typer.echo(f"{file}: database and {saved.files} files of evidence, {file.stat().st_size} bytes")
    if saved.missing:
        typer.echo(f"{saved.missing} files that the database names were not there", err=True)


def restore(
    file: Annotated[Path, typer.Argument(help="A file that 'backup' wrote.")],
    partial: Annotated[
        bool, typer.Option("--partial", help="Also where evidence in it is damaged or cut off.")
    ] = False,
    config: ConfigOption = None,
    data: DataOption = None,
) -> None:
    """Bring a backup back into an empty data folder (and an empty PostgreSQL); then start the hub there.

    Example:
      sharp-eyes-hub restore hub-2026-03-01.tar --data /var/lib/sharp-eyes-new
    """
    settings = load_settings(config, data)
    restored = restore_backup(settings, file, partial=partial)
    _record(settings, Action.BACKUP_RESTORED, file)
    typer.echo(f"{settings.data}: database and {restored.files} files of evidence are back")
    if restored.missing:
        typer.echo(f"{restored.missing} files that the database names were not in the backup, or not whole", err=True)


def disk(config: ConfigOption = None, data: DataOption = None) -> None:
    """Show what lies on the disk, and what was deleted last at the end of its term.

    Example:
      sharp-eyes-hub disk --config hub.yaml
    """
    with prepared_hub(load_settings(config, data)) as hub, hub.read_only() as work:
        use = measure_disk(work, hub.settings)
        rows = work.session.scalars(select(Deletion).order_by(Deletion.id.desc()).limit(20)).all()
    table = Table("what", "MiB")
    for name in ("evidence", "staging", "database", "broker", "free", "total"):
        table.add_row(name, f"{getattr(use, name) / 2**20:.1f}")
    _OUT.print(table)
    deleted = Table("deleted at", "what", "which", "count", "MiB", "why")
    for row in rows:
        size = f"{row.bytes / 2**20:.1f}"
        deleted.add_row(row.at.isoformat(timespec="seconds"), row.kind, row.reference, str(row.count), size, row.reason)
    _OUT.print(deleted)


def unnamed(
    remove: Annotated[bool, typer.Option("--remove", help="Remove them.")] = False,
    config: ConfigOption = None,
    data: DataOption = None,
) -> None:
    """Count the files of evidence that no row of the database names, such as a crash leaves; they may be removed.

    Those of the last hour are left alone. Never remove any while another database uses the same folder or bucket.

    Examples:
      sharp-eyes-hub unnamed --config hub.yaml
      sharp-eyes-hub unnamed --remove --config hub.yaml
    """
    with prepared_hub(load_settings(config, data)) as hub:
        found = list(find_unnamed(hub.read_only, hub.evidence_store, utc_now() - _SETTLED))
        if remove:
            remove_unnamed(hub.transaction, hub.evidence_store, found)
            with hub.transaction() as work:
                _note(work, Action.FILES_REMOVED, "files that no row names", count=len(found))
    size = sum(one.size for one in found) / 2**20
    typer.echo(f"{len(found)} files that no row names, {size:.1f} MiB{', removed' if remove else ''}")


def figures(config: ConfigOption = None, data: DataOption = None) -> None:
    """Make the sums of days, which figures read, again from the cases; a running hub goes on meanwhile.

    Example:
      sharp-eyes-hub figures --config hub.yaml
    """
    with prepared_hub(load_settings(config, data)) as hub:
        with hub.transaction() as work:
            forget_all(work)
            _note(work, Action.FIGURES_REMADE, "sums of days")
        while make_sums(hub.transaction):
            pass
        with hub.read_only() as work:
            progress = work.session.get(FigureProgress, 1)
    typer.echo("there are no cases yet" if progress is None else f"days before {progress.until} have their sums")


def hold(
    number: Annotated[str, typer.Argument(help="Number of a case, such as 2026-000017.")],
    reason: Annotated[str, typer.Option(help="Why; it stands in the case's log.")],
    release: Annotated[bool, typer.Option("--release", help="End the hold.")] = False,
    config: ConfigOption = None,
    data: DataOption = None,
) -> None:
    """Put a case under legal hold: nothing of it is deleted until the hold is ended.

    Examples:
      sharp-eyes-hub hold 2026-000017 --reason "court file 12/2026"
      sharp-eyes-hub hold 2026-000017 --release --reason "judgement is final"
    """
    actor = Actor(ActorKind.PERSON, "command line")
    with prepared_hub(load_settings(config, data)) as hub, hub.transaction() as work:
        case = work.session.scalar(select(Case).where(Case.number == number).with_for_update())
        if case is None:
            raise SettingsError(f"there is no case {number!r}")
        if set_legal_hold(work, case, actor, held=not release, reason=reason):
            action = Action.LEGAL_HOLD_ENDED if release else Action.LEGAL_HOLD_SET
            record(work.session, work.now, command_line(), action, area=case.area, subject=case.number)
    typer.echo(f"case {number} is {'no longer ' if release else ''}under legal hold")


def show_audit(
    last: Annotated[int, typer.Option(min=1, help="How many lines.")] = 50,
    action: Annotated[Action | None, typer.Option(help="Only lines of this kind.")] = None,
    actor: Annotated[str | None, typer.Option(help="Only lines of this user.")] = None,
    config: ConfigOption = None,
    data: DataOption = None,
) -> None:
    """Print the end of the audit trail, one JSON object a line, newest first.

    Examples:
      sharp-eyes-hub audit --last 200
      sharp-eyes-hub audit --action sign_in_failed
    """
    with prepared_hub(load_settings(config, data)) as hub, hub.transaction() as work:
        only = audit.AuditFilter(action, actor)
        found = audit.entries(work.session, work.areas.ground(work.city.root), only, limit=last)
        origin = command_line()
        record(work.session, work.now, origin, Action.AUDIT_SEEN, area=work.city.root, subject="audit trail")
    for row in found:
        line = {"at": row.at.isoformat(), "action": row.action, "actor": row.actor, "address": row.address}
        more = {"area": row.area, "subject": row.subject, "detail": row.detail}
        typer.echo(json.dumps({**line, **more}, ensure_ascii=False))


def _record(settings: HubSettings, action: Action, file: Path) -> None:
    with prepared_hub(settings) as hub, hub.transaction() as work:
        _note(work, action, str(file.absolute()))


def _note(work: UnitOfWork, action: Action, subject: str, **detail: Any) -> None:
    record(work.session, work.now, command_line(), action, area=work.city.root, subject=subject, **detail)

"""What every page shares: one style, one way to fill a template, and texts in both languages."""

from importlib.resources import files
from typing import Any

import jinja2
from markupsafe import Markup

from sharp_eyes.edge.evaluate.report.cells import compared
from sharp_eyes.edge.evaluate.report.words import Words

FRAME = "page.html.j2"
"""What every template extends."""


def render(package: str, template: str, words: Words, **values: Any) -> str:
    """Fill a template that lies in a package and extends our own; the page needs no other file."""
    texts = {template: files(package).joinpath(template), FRAME: files(__package__).joinpath(FRAME)}
    environment = jinja2.Environment(
        loader=jinja2.DictLoader({name: one.read_text(encoding="utf-8") for name, one in texts.items()}),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    style = Markup(files(__package__).joinpath("style.css").read_text(encoding="utf-8"))
    return environment.get_template(template).render(style=style, word=lambda key: both(*words[key]), **values)


def compared_cell(value: float | None, first: float | None) -> Markup:
    """A figure, and below it by how much it differs from the first one's: beside it, the table would not fit."""
    figure, _, difference = compared(value, first).partition(" ")
    return Markup("{}<br><small class='soft'>{}</small>").format(figure, difference) if difference else Markup(figure)


def both(english: str, chinese: str) -> Markup:
    """A text in both languages, of which the page shows one."""
    return Markup('<span lang="en">{}</span><span lang="zh">{}</span>').format(english, chinese)

"""The guides make one site in two languages, and a link that leads nowhere ends the build."""

import subprocess
import sys
from pathlib import Path

import pytest
from scripts import build_docs

GENERATOR = Path(sys.executable).with_name("zensical")
needs_generator = pytest.mark.skipif(not GENERATOR.exists(), reason="the extra 'docs' is not installed: `make docs`")


def build(settings: Path) -> subprocess.CompletedProcess[str]:
    """Let the generator make a site, strictly."""
    command = [str(GENERATOR), "build", "--strict", "-f", str(settings)]
    return subprocess.run(command, cwd=settings.parent, capture_output=True, text=True, check=False, timeout=600)


@pytest.mark.parametrize("language", build_docs.LANGUAGES)
def test_the_navigation_names_pages_that_are_there(language: str, tmp_path: Path) -> None:
    """Every guide stands in it, too."""
    settings = build_docs.stage(language, tmp_path)
    named = {line.split(": ")[-1] for line in settings.read_text(encoding="utf-8").splitlines() if line.endswith(".md")}
    missing = [name for name in named if not (tmp_path / "pages" / name).is_file()]
    assert not missing
    guides = {f"docs/{page.name}" for page in (build_docs.ROOT / "docs").glob("*.md")}
    scenes = {f"docs/scenes/{page.name}" for page in (build_docs.ROOT / "docs/scenes").glob("*.md")}
    stories = {f"docs/stories/{page.name}" for page in (build_docs.ROOT / "docs/stories").glob("*.md")}
    assert guides | scenes | stories <= named


@needs_generator
@pytest.mark.slow
@pytest.mark.parametrize("language", build_docs.LANGUAGES)
def test_the_site_is_made_without_a_broken_link(language: str, tmp_path: Path) -> None:
    """The start page and the guides are pages of it."""
    done = build(build_docs.stage(language, tmp_path))
    assert done.returncode == 0, done.stdout + done.stderr
    start = (tmp_path / "site/index.html").read_text(encoding="utf-8")
    assert ("两条命令" if language == "zh" else "Two commands") in start
    assert "fonts.googleapis.com" not in start
    assert (tmp_path / "site/docs/deployer.html").is_file()


@needs_generator
@pytest.mark.slow
@pytest.mark.parametrize("link", ["docs/gone.md", "docs/deployer.md#gone"])
def test_a_link_that_leads_nowhere_ends_the_build(link: str, tmp_path: Path) -> None:
    """A page that is not there, and a heading that is not there."""
    settings = build_docs.stage("en", tmp_path)
    page = tmp_path / "pages/ARCHITECTURE.md"
    page.write_text(page.read_text(encoding="utf-8") + f"\n[nowhere]({link})\n", encoding="utf-8")
    assert build(settings).returncode != 0

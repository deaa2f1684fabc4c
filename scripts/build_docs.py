"""Makes one site of the guides: English and Chinese navigation, every link and anchor checked.

The pages stay where they are in the repository, so that their links work on a forge, too. Here they are copied as they
stand, with the files that they link to, and Zensical (the extra `docs`) makes the site; a page or an anchor that is not
there ends the build.
"""

import argparse
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

EXAMPLES = """examples:
  .venv/bin/python scripts/build_docs.py
  .venv/bin/python scripts/build_docs.py --out /tmp/docs
"""
ROOT = Path(__file__).resolve().parents[1]
LANGUAGES = ("en", "zh")
PAGES = ("*.md", "docs/**/*.md", "models/*/*.md", "scripts/**/README.md")
_LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
_OTHER_LANGUAGE = re.compile(r"^\[(?:中文|English)\]\(README[.\w]*\)\n\n", re.MULTILINE)


def pages() -> list[Path]:
    """All pages of the repository."""
    return sorted(path for pattern in PAGES for path in ROOT.glob(pattern))


def linked_files(page: Path) -> Iterator[Path]:
    """Files of the repository that a page links to, and that are no pages."""
    for target in _LINK.findall(page.read_text(encoding="utf-8")):
        path = (page.parent / target).resolve()
        if not target.startswith(("http:", "https:", "mailto:")) and path.is_file() and path.suffix != ".md":
            yield path


def stage(language: str, folder: Path) -> Path:
    """Copy pages and what they link to; returns the generator's settings beside them."""
    shutil.rmtree(folder, ignore_errors=True)
    for page in pages():
        for path in [page, *linked_files(page)]:
            target = folder / "pages" / path.relative_to(ROOT)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
    start = ROOT / ("README.zh.md" if language == "zh" else "README.md")
    (folder / "pages/README.zh.md").unlink()
    # The site has a switch of its own for the language; a folder, which a forge lists, is no page here.
    text = _OTHER_LANGUAGE.sub("", start.read_text(encoding="utf-8"))
    (folder / "pages/README.md").write_text(text, encoding="utf-8")
    for page in (folder / "pages").rglob("*.md"):
        _unlink_folders(page)
    return Path(shutil.copyfile(ROOT / f"docs/site/{language}.yaml", folder / "mkdocs.yml"))


def _unlink_folders(page: Path) -> None:
    """Leave of a link to a folder its words."""
    text = page.read_text(encoding="utf-8")

    def words(found: re.Match[str]) -> str:
        return found[1] if (page.parent / found[2]).is_dir() else found[0]

    page.write_text(re.sub(r"\[([^\]]+)\]\(([^)#\s:]+)\)", words, text), encoding="utf-8")


def main() -> None:
    """Build both sites."""
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=EXAMPLES, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, default=ROOT / "build/docs", help="where to build (default build/docs)")
    given = parser.parse_args()
    generator = Path(sys.executable).with_name("zensical")
    if not generator.exists():
        sys.exit("build_docs: Zensical is missing; run `pip install 'sharp-eyes[docs]'`, or `make docs`")
    for language in LANGUAGES:
        settings = stage(language, given.out / language)
        done = subprocess.run([generator, "build", "--strict", "-f", settings], cwd=settings.parent, check=False)
        if done.returncode:
            sys.exit(f"build_docs: the {language} site is not in order; see above")
        shutil.rmtree(given.out / "site" / language, ignore_errors=True)
        shutil.copytree(settings.parent / "site", given.out / "site" / language)
    print("\n".join(str(given.out / "site" / language / "index.html") for language in LANGUAGES))


if __name__ == "__main__":
    main()

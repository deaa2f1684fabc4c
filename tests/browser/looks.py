"""What eyes find wrong with how a page is laid out, by measuring: words that are cut, and what lies over another."""

from playwright.sync_api import Page

_FIND = """() => {
  const shown = (element) => element.checkVisibility({ opacityProperty: true, visibilityProperty: true });
  const name = (element) => element.tagName.toLowerCase() + [...element.classList].map((one) => `.${one}`).join("");
  const round = (element, wanted) => {
    const found = [];
    for (let up = element; up !== document.body && up !== null; up = up.parentElement) {
      if (wanted(getComputedStyle(up))) found.push(up);
    }
    return found;
  };
  const layerOf = (element) => round(element, ({ position }) => /fixed|absolute|sticky/.test(position))[0] ?? null;
  const across = (one, two) => Math.min(one.right, two.right) - Math.max(one.left, two.left);
  const down = (one, two) => Math.min(one.bottom, two.bottom) - Math.max(one.top, two.top);
  const pairs = (all) => all.flatMap((one, at) => all.slice(at + 1).map((two) => [one, two]));

  const silent = "script, style, svg, option, .visually-hidden, .skip";
  const texts = [];
  const faults = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const [element, words] = [node.parentElement, node.textContent.trim()];
    if (words === "" || !shown(element) || element.closest(silent)) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    const lines = [...range.getClientRects()].filter(({ width, height }) => width > 1 && height > 1);
    const frames = round(element, ({ overflowX }) => overflowX !== "visible");
    if (lines.length === 0 || frames.some((one) => one.clientWidth <= 1)) continue; // for who listens alone
    const isMoved = frames.some((one) => /auto|scroll/.test(getComputedStyle(one).overflow)
      && (one.scrollWidth > one.clientWidth + 1 || one.scrollHeight > one.clientHeight + 1));
    const right = Math.min(...frames.map((one) => one.getBoundingClientRect().right));
    const by = Math.max(...lines.map((line) => line.right)) - right;
    if (!isMoved && by > 1.5) faults.push(`${name(element)} is cut by ${Math.round(by)}: ${words.slice(0, 40)}`);
    texts.push({ element, words, lines: lines.filter((line) => line.left < right), layer: layerOf(element) });
  }
  for (const [one, two] of pairs(texts)) {
    if (one.layer !== two.layer || one.element === two.element) continue;
    if (one.lines.some((line) => two.lines.some((other) => across(line, other) > 2 && down(line, other) > 5))) {
      const said = [one, two].map(({ words }) => words.slice(0, 30)).join(" | ");
      faults.push(`${name(one.element)} lies over ${name(two.element)}: ${said}`);
    }
  }
  const controls = [...document.querySelectorAll("button, a.button, select, input, textarea")]
    .filter((one) => shown(one) && one.closest(".visually-hidden, svg") === null)
    .map((element) => ({ element, box: element.getBoundingClientRect(), layer: layerOf(element) }));
  for (const [one, two] of pairs(controls)) {
    const isApart = one.layer !== two.layer || one.element.contains(two.element) || two.element.contains(one.element);
    if (!isApart && across(one.box, two.box) > 2 && down(one.box, two.box) > 2) {
      faults.push(`${name(one.element)} lies over ${name(two.element)}`);
    }
  }
  for (const one of document.querySelectorAll("button, a.button, td, th, .notice")) {
    const by = one.clientWidth === 0 ? 0 : one.scrollWidth - one.clientWidth;
    if (by > 2 && shown(one) && getComputedStyle(one).overflowX === "visible") {
      faults.push(`${name(one)} is too narrow by ${by}: ${one.textContent.trim().slice(0, 40)}`);
    }
  }
  return [...new Set(faults)];
}"""


def find_crowding(page: Page) -> list[str]:
    """Words that end in dots or outside their box, words over words, controls over controls; layers are apart."""
    found: list[str] = page.evaluate(_FIND)
    return found

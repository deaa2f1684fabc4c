() => {
  const found = new Set();
  const SKIPPED = "script, style, svg, option, .visually-hidden, .skip, [aria-hidden=true]";
  const isShown = (el) => el.checkVisibility({ opacityProperty: true, visibilityProperty: true, contentVisibilityAuto: true });
  const name = (el) => [el.tagName.toLowerCase(), ...el.classList].join(".");
  const quoted = (words) => `“${words.replace(/\s+/g, " ").trim().slice(0, 40)}”`;

  /** Menus, marks on pictures and bars that stay lie over other things on purpose: only what is in one layer is compared. */
  const layerOf = (el) => {
    for (let up = el; up !== null; up = up.parentElement) {
      if (/fixed|absolute|sticky/.test(getComputedStyle(up).position) || up.matches("dialog, [popover]")) return up;
    }
    return null;
  };

  /** The part of the page in which an element can be seen. `across`, `down`: what is outside is scrolled to, or an ellipsis tells of it. */
  const windowOn = (el) => {
    const seen = { left: -1e9, top: -1e9, right: 1e9, bottom: 1e9, across: false, down: false };
    for (let up = el; up !== null && up !== document.body; up = up.parentElement) {
      const { overflowX, overflowY, textOverflow, webkitLineClamp } = getComputedStyle(up);
      if (textOverflow === "ellipsis" || webkitLineClamp !== "none") seen.across = seen.down = true;
      if (overflowX === "visible" && overflowY === "visible") continue;
      const box = up.getBoundingClientRect();
      seen.across ||= /auto|scroll/.test(overflowX);
      seen.down ||= /auto|scroll/.test(overflowY);
      Object.assign(seen, partOf(box, seen));
    }
    return seen;
  };
  const partOf = (box, seen) => ({ left: Math.max(box.left, seen.left), top: Math.max(box.top, seen.top), right: Math.min(box.right, seen.right), bottom: Math.min(box.bottom, seen.bottom) });
  const isCovered = (one, other, across, down) => Math.min(one.right, other.right) - Math.max(one.left, other.left) > across && Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top) > down;

  const texts = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const el = node.parentElement;
    if (node.textContent.trim() === "" || el.closest(SKIPPED) !== null || !isShown(el)) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    const lines = [...range.getClientRects()].filter(({ width, height }) => width > 1 && height > 1);
    const seen = windowOn(el);
    // only a reader of the screen hears what has a window of one pixel
    if (lines.length === 0 || seen.right - seen.left < 2) continue;
    const words = quoted(node.textContent);
    const parts = lines.map((line) => partOf(line, seen));
    // what lies outside as a whole is left out on purpose where there is no room for it
    if (parts.every(({ left, right, top, bottom }) => right - left < 2 || bottom - top < 2)) continue;
    const by = Math.max(
      seen.across ? 0 : Math.max(...lines.map(({ right }) => right)) - seen.right,
      seen.across ? 0 : seen.left - Math.min(...lines.map(({ left }) => left)),
      seen.down ? 0 : Math.max(...lines.map(({ bottom }) => bottom)) - seen.bottom - 2,
    );
    if (by > 1.5) found.add(`${name(el)} ${words} is cut by ${Math.round(by)}`);
    const sign = parseFloat(getComputedStyle(el).fontSize);
    if (lines.length > 2 && lines.every(({ width }) => width < 2.5 * sign)) found.add(`${name(el)} ${words} has ${lines.length} lines of a sign or two`);
    const icon = node.previousSibling;
    if (icon instanceof SVGElement && lines[0].left - icon.getBoundingClientRect().right < 2 && isCovered({ ...icon.getBoundingClientRect().toJSON(), left: 0, right: 1e9 }, lines[0], 0, 0)) found.add(`${name(el)} ${words} touches its icon`);
    texts.push({ el, layer: layerOf(el), parts, words });
  }
  texts.forEach((one, at) => {
    for (const other of texts.slice(at + 1)) {
      if (one.layer === other.layer && one.parts.some((r) => other.parts.some((s) => isCovered(r, s, 2, 5)))) found.add(`${name(one.el)} ${one.words} lies over ${name(other.el)} ${other.words}`);
    }
  });

  const pen = document.createElement("canvas").getContext("2d");
  const ARROW = 18;
  /** Pixels that a field lacks for its words: browsers tell them of no field. */
  const lacks = (el, words) => {
    const style = getComputedStyle(el);
    pen.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
    return pen.measureText(words).width + parseFloat(style.paddingLeft) + parseFloat(style.paddingRight) + (el.matches("select") ? ARROW : 0) - el.clientWidth;
  };
  const saidIn = (el) => (el.matches("select") ? (el.selectedOptions[0]?.textContent.trim() ?? "") : el.matches("input") && el.value === "" ? el.placeholder : "");
  const controls = [];
  for (const el of document.querySelectorAll("button, a, select, input:not([type=hidden]), textarea, summary, td, th, .field, .notice, .panel")) {
    if (el.closest(SKIPPED) !== null || !isShown(el) || el.clientWidth === 0) continue;
    const style = getComputedStyle(el), seen = windowOn(el);
    if (seen.right - seen.left < 2) continue;
    if (style.overflowX === "visible" && style.position !== "absolute" && el.scrollWidth > el.clientWidth + 2) found.add(`${name(el)} ${quoted(el.textContent)} is narrower than what is in it by ${el.scrollWidth - el.clientWidth}`);
    const words = saidIn(el);
    const by = words === "" ? 0 : lacks(el, words);
    if (by > 2) found.add(`${name(el)} ${el.name} ${quoted(words)} is cut by ${Math.round(by)}`);
    if (el.matches("button, a, select, input, textarea, summary")) controls.push({ el, layer: layerOf(el), part: partOf(el.getBoundingClientRect(), seen) });
  }
  controls.forEach((one, at) => {
    for (const other of controls.slice(at + 1)) {
      const isApart = one.layer !== other.layer || one.el.contains(other.el);
      if (!isApart && isCovered(one.part, other.part, 2, 2)) found.add(`${name(one.el)} ${quoted(one.el.textContent)} lies over ${name(other.el)} ${quoted(other.el.textContent)}`);
    }
  });
  for (const el of document.querySelectorAll(".field > :is(input, select, textarea)")) {
    if (isShown(el) && el.getBoundingClientRect().right > el.parentElement.getBoundingClientRect().right + 1) found.add(`field ${el.name} lies over what is beside it`);
  }

  for (const [what, el] of [["page", document.documentElement], ["menu", document.querySelector("header nav")]]) {
    const by = el === null ? 0 : el.scrollWidth - el.clientWidth;
    if (by > 0) found.add(`the ${what} is wider than its window by ${by}`);
  }
  return [...found];
}

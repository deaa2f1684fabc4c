/** What one version of a camera's settings changed against another, in words. */
import { named, t } from "@/i18n/words";
import { sceneName } from "@/live/city";

import { isValues, pointsOf, resolved, same, type SceneSchemas, type Schema, type Values } from "./schema";
import { settingWords, valueWords } from "./words";

export interface Difference {
  /** Scene, zone and so on, from the outside in. */
  readonly where: readonly string[];
  readonly what: string;
}

type Where = readonly string[];

/** `before` and `after` are keys of a camera; a key that only one of both has came from the hub or went back to the file. */
export function differences(before: Values, after: Values, schemas: SceneSchemas): Difference[] {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return keys.flatMap((key) => ofKey(key, before[key], after[key], schemas));
}

function ofKey(key: string, before: unknown, after: unknown, schemas: SceneSchemas): Difference[] {
  const name = named("cameraKey", key);
  if (same(before, after)) {
    return [];
  }
  if (before === undefined || after === undefined) {
    return [{ where: [name], what: t(after === undefined ? "diff.given" : "diff.own") }];
  }
  if (key === "scenes" && Array.isArray(before) && Array.isArray(after)) {
    return ofScenes(before.filter(isValues), after.filter(isValues), schemas);
  }
  if (key === "calibration" && isValues(before) && isValues(after)) {
    return ofValues(schemas.calibration, schemas.calibration, before, after, [name]);
  }
  if (key === "calibration") {
    return [{ where: [name], what: t(after === null ? "diff.removed" : "diff.added") }];
  }
  return [{ where: [], what: t("diff.set", { what: name, from: valueWords(before), to: valueWords(after) }) }];
}

/** Scenes are paired by their name, and several of one name in their order. */
function ofScenes(before: readonly Values[], after: readonly Values[], schemas: SceneSchemas): Difference[] {
  const byName = (scenes: readonly Values[]): [string, Values][] => {
    const counts = new Map<string, number>();
    return scenes.map((one) => {
      const scene = String(one["scene"]);
      counts.set(scene, (counts.get(scene) ?? 0) + 1);
      return [`${scene} ${counts.get(scene) ?? 1}`, one];
    });
  };
  return ofNamed(byName(before), byName(after), (scene) => sceneName(scene.split(" ")[0] ?? scene), [], (one, other, where) => {
    const schema = schemas.scenes[String(one["scene"])] ?? {};
    return ofValues(schema, schema, one, other, where);
  });
}

function ofNamed(
  before: readonly [string, Values][],
  after: readonly [string, Values][],
  word: (key: string, value: Values) => string,
  where: Where,
  inner: (before: Values, after: Values, where: Where) => Difference[],
): Difference[] {
  const [old, young] = [new Map(before), new Map(after)];
  const gone = before.filter(([key]) => !young.has(key)).map(([key, one]) => ({ where: [...where, word(key, one)], what: t("diff.removed") }));
  const there = after.flatMap(([key, one]) => {
    const was = old.get(key);
    const place = [...where, word(key, one)];
    return was === undefined ? [{ where: place, what: t("diff.added") }] : inner(was, one, place);
  });
  return [...there, ...gone];
}

function ofValues(schema: Schema, root: Schema, before: Values, after: Values, where: Where): Difference[] {
  const known = resolved(schema, root).properties ?? {};
  const keys = [...new Set([...Object.keys(known), ...Object.keys(before), ...Object.keys(after)])];
  return keys.flatMap((key) => ofValue(known[key] ?? { title: key }, root, before[key], after[key], where));
}

function ofValue(schema: Schema, root: Schema, one: unknown, other: unknown, where: Where): Difference[] {
  const own = resolved(schema, root);
  const title = settingWords(own.title ?? "");
  const [before, after] = [one ?? own.default, other ?? own.default];
  if (same(before, after)) {
    return [];
  }
  if (own.shape !== undefined) {
    const [from, to] = [pointsOf(own.shape, before).length, pointsOf(own.shape, after).length];
    return [{ where, what: from === to ? t("diff.redrawn") : t("diff.redrawnPoints", { from, to }) }];
  }
  if (own.items !== undefined && (resolved(own.items, root).properties !== undefined || own.items.shape !== undefined)) {
    return ofList(own.items, root, listOf(before), listOf(after), [...where], title);
  }
  if (isValues(before) && isValues(after)) {
    return ofValues(own, root, before, after, [...where, title]);
  }
  if (own.properties !== undefined) {
    return [{ where: [...where, title], what: t(isValues(after) ? "diff.added" : "diff.removed") }];
  }
  return [{ where, what: t("diff.set", { what: title, from: valueWords(before), to: valueWords(after) }) }];
}

/** Items are paired by their identifier, or by their place where they have none. */
function ofList(items: Schema, root: Schema, before: readonly unknown[], after: readonly unknown[], where: Where, title: string): Difference[] {
  const keyed = (list: readonly unknown[]): [string, Values][] =>
    list.map((one, place) => [isValues(one) && typeof one["id"] === "string" ? one["id"] : String(place), isValues(one) ? one : { "": one }]);
  const word = (key: string, { name, id }: Values): string => (typeof name === "string" && name !== "" ? name : typeof id === "string" ? id : `${title} ${Number(key) + 1}`);
  return ofNamed(keyed(before), keyed(after), word, where, (one, other, place) =>
    items.shape === undefined ? ofValues(items, root, one, other, place) : ofValue(items, root, one[""], other[""], place),
  );
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

/** What is wrong with a form's fields, in words that name the field and say what to do. */
import type { Fault } from "@/api/client";
import { named, t } from "@/i18n/words";

/** A value that stands in words: a text, a number or a yes. */
const shownIn = (value: unknown): string => (typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? String(value) : "");

export type Field = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;

export interface FieldFault {
  field: Field | null;
  words: string;
}

export function fieldsOf(form: HTMLFormElement): Field[] {
  return [...form.elements].filter((one): one is Field => one instanceof HTMLInputElement || one instanceof HTMLSelectElement || one instanceof HTMLTextAreaElement);
}

/** What stands above a field; where nothing does, its own name. */
export function labelOf(field: Field): string {
  const label = field.labels?.[0];
  return (label?.querySelector("span")?.textContent ?? label?.textContent ?? field.ariaLabel ?? field.name).trim();
}

/** What of a form cannot be sent, in the order of its fields. */
export function faultsIn(form: HTMLFormElement): FieldFault[] {
  return fieldsOf(form).flatMap((field) => {
    const words = faultOf(field);
    return words === "" ? [] : [{ field, words }];
  });
}

/** Empty where the field is well. */
export function faultOf(field: Field): string {
  if (!field.willValidate) {
    return "";
  }
  const { validity } = field;
  const values = { field: labelOf(field), min: field.getAttribute("min") ?? "", max: field.getAttribute("max") ?? "", n: field.getAttribute("maxlength") ?? "" };
  const isBlank = field.required && !(field instanceof HTMLSelectElement) && field.type !== "checkbox" && field.value.trim() === "" && !validity.badInput;
  if (isBlank) {
    return t("wrongField.missing", values);
  }
  if (validity.valid) {
    return "";
  }
  switch (true) {
    case validity.valueMissing:
      return t("wrongField.unchosen", values);
    case validity.patternMismatch:
      return field.title === "" ? t("wrongField.form", values) : t("wrongField.rule", { ...values, rule: field.title });
    case validity.typeMismatch:
      return t(field.type === "url" ? "wrongField.url" : "wrongField.form", values);
    case validity.rangeUnderflow:
      return t("wrongField.least", values);
    case validity.rangeOverflow:
      return t("wrongField.most", values);
    case validity.stepMismatch:
      return t("wrongField.whole", values);
    case validity.tooLong:
      return t("wrongField.long", values);
    default:
      return t("wrongField.form", values);
  }
}

/** What the hub found wrong, at the fields that it is about: they are called as its keys are, or end so. */
export function faultsSaid(form: HTMLFormElement, faults: readonly Fault[]): FieldFault[] {
  const fields = fieldsOf(form);
  return faults.map((fault) => {
    const name = (fault.field.split(".").at(-1) ?? "").replaceAll("_", "-");
    const field = fields.find((one) => [name, `new-${name}`].includes(one.name.replaceAll("_", "-"))) ?? null;
    const words = named("faultSaid", fault.code);
    const known = words === fault.code ? t("wrongField.form", { field: "{field}" }) : words;
    const values: Readonly<Record<string, unknown>> = { ...fault.values, field: field === null ? fault.field : labelOf(field) };
    return { field, words: known.replace(/\{(\w+)\}/g, (whole, key: string) => key in values ? shownIn(values[key]) : whole) };
  });
}

/** Of what somebody else changed meanwhile: each field that shows something else, and what holds there now. */
export function changedMeanwhile(form: HTMLFormElement, now: Readonly<Record<string, unknown>>): [string, string][] {
  return Object.entries(now).flatMap(([key, value]): [string, string][] => {
    const field = fieldsOf(form).find(({ name }) => name.replaceAll("-", "_") === key);
    if (field === undefined || (typeof value === "object" && value !== null)) {
      return [];
    }
    if (field instanceof HTMLInputElement && field.type === "checkbox") {
      return field.checked === value ? [] : [[labelOf(field), t(value === true ? "form.yes" : "form.no")]];
    }
    const holds = shownIn(value);
    const shown = field instanceof HTMLSelectElement ? ([...field.options].find((one) => one.value === holds)?.text.trim() ?? holds) : holds;
    return field.value === holds ? [] : [[labelOf(field), shown || "—"]];
  });
}

/** Sessions of other roles, for what some see and others do not. */
import type { Answer } from "./pretendHub";

const me = (role: string, own: object = {}): Record<string, Answer> => ({
  "/api/session": { body: { username: "someone", display_name: "值班员", role, area: "demo", unit: null, language: "zh", ...own } },
});

export const administrator = me("administrator");
export const handler = me("handler", { unit: "traffic-police", display_name: "交警一组" });
export const gridWorker = me("grid_worker", { display_name: "网格员" });

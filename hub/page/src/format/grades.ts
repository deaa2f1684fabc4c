import type { Grade } from "@/api/types";

/** The gravest first. */
export const GRADES: readonly Grade[] = ["major", "serious", "ordinary"];

/** The hub's own types, by the names the page uses. */
import type { components } from "./schema";

type Schemas = components["schemas"];

export type Me = Schemas["Me"];
export type CaseSummary = Schemas["CaseSummary"];
export type CaseDetail = Schemas["CaseDetail"];
export type CaseState = CaseSummary["state"];
export type SceneName = CaseSummary["scene"];
export type Grade = CaseSummary["grade"];
export type Measure = CaseSummary["main_measure"];
export type EvidenceView = CaseDetail["evidence"][number];
export type LogEntry = CaseDetail["log"][number];
export type LegalMove = CaseDetail["moves"][number];
export type MoveBody = Schemas["MoveBody"];
export type LookAgain = NonNullable<CaseDetail["look_again"]>;
export type CameraView = Schemas["CameraView"];
export type City = Schemas["CityView"];

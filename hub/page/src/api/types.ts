/** The hub's own types, by the names the page uses. */
import type { components } from "./schema";

type Schemas = components["schemas"];

export type Me = Schemas["Me"];
/** The client hands four numbers out as a list of numbers. */
type Boxed<T> = Omit<T, "box"> & { box: readonly number[] | null };
export type CaseSummary = Boxed<Schemas["CaseSummary"]>;
export type CaseDetail = Boxed<Schemas["CaseDetail"]>;
export type CaseState = CaseSummary["state"];
export type SceneName = CaseSummary["scene"];
export type Grade = CaseSummary["grade"];
export type Measure = CaseSummary["main_measure"];
export type EvidenceView = CaseDetail["evidence"][number];
export type LogEntry = CaseDetail["log"][number];
export type LegalMove = CaseDetail["moves"][number];
export type PhotoView = Schemas["PhotoView"];
export type DeskView = Schemas["DeskView"];
export type Person = Schemas["PersonView"];
export type NoticeView = Schemas["NoticeView"];
export type NoticePage = Schemas["NoticePage"];
export type SharedMove = Schemas["SharedMoveView"];
export type Refusal = Schemas["RefusalView"];
export type MoveBody = Schemas["MoveBody"];
export type LookAgain = NonNullable<CaseDetail["look_again"]>;
export type LookBackSeat = Schemas["LookBackSeat"];
export type CameraView = Schemas["CameraView"];
export type City = Schemas["CityView"];
export type GatewayView = Schemas["GatewayView"];
export type AccountView = Schemas["AccountView"];
export type LinkView = Schemas["LinkView"];
export type ActingView = Schemas["ActingView"];
export type SessionView = Schemas["SessionView"];
export type Enrolment = Schemas["Enrolment"];
export type JoinedEvent = Schemas["JoinedEventView"];
export type AuditAction = Schemas["Action"];
export type Terms = Schemas["TermsView"];
export type Storage = Schemas["StorageView"];
export type CasePage = Omit<Schemas["CasePage"], "items"> & { items: CaseSummary[] };
export type CaseCounts = Schemas["CaseCountsView"];
export type TaskView = Omit<Schemas["TaskView"], "case"> & { case: CaseSummary };
export type Tasks = Omit<Schemas["TasksView"], "tasks"> & { tasks: TaskView[] };
export type MapView = Schemas["MapView"];
export type MapCase = Schemas["MapCaseView"];
export type MapUnit = Schemas["MapUnitView"];
export type CameraCount = Schemas["CameraCountView"];
export type Figures = Schemas["FiguresView"];
export type Today = Schemas["TodayView"];

/** Addresses of evidence, and which piece shows what. */
import { hubPath } from "@/api/base";
import type { CaseDetail, EvidenceView } from "@/api/types";

export function evidenceUrl(id: string | null): string | null {
  return id === null ? null : hubPath(`/api/evidence/${id}`);
}

/** The same picture as small as a list shows it. */
export function smallUrl(id: string | null): string | null {
  return id === null ? null : hubPath(`/api/evidence/${id}/small`);
}

/** The newest piece of a kind that came by itself, not because somebody asked for it. */
export function newestOf(item: CaseDetail, kind: EvidenceView["kind"]): EvidenceView | null {
  return item.evidence.filter((piece) => piece.kind === kind && piece.by === null).at(-1) ?? null;
}

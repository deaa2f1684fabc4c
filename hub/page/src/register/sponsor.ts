/** A sponsor, as the hub says it. */
import type { components } from "@/api/schema";

export type Sponsor = components["schemas"]["SponsorView"];

/** How a gateway is, in words: what is wrong first, or that nothing is. Pure but for the words. */
import type { CameraView, GatewayView } from "@/api/types";
import { t } from "@/i18n/words";

export interface Remark {
  readonly tone: "good" | "warning" | "danger";
  readonly words: string;
}

export function healthOf(gateway: GatewayView): Remark[] {
  const { outbox, looks, version, hub_version } = gateway;
  const held = Object.values(gateway.held_back).reduce((sum, count) => sum + count, 0);
  const found: (Remark | false)[] = [
    !gateway.online && { tone: "danger", words: t(gateway.last_heartbeat_at === null ? "gateway.neverHeard" : "gateway.silent") },
    gateway.name_in_use && { tone: "danger", words: t("gateways.nameInUse") },
    outbox !== null && outbox.lost > 0 && { tone: "danger", words: t("gateways.lost", { n: outbox.lost }) },
    outbox !== null && outbox.refused > 0 && { tone: "danger", words: t("gateways.refused", { n: outbox.refused }) },
    outbox !== null && outbox.aside > 0 && { tone: "warning", words: t("gateways.aside", { n: outbox.aside }) },
    held > 0 && { tone: "warning", words: t("gateways.heldBack", { n: held }) },
    looks !== null && looks.lateness >= 1 && { tone: "warning", words: t("gateways.late", { seconds: looks.lateness.toFixed(0) }) },
    gateway.machine?.throttled === true && { tone: "warning", words: t("gateway.hot") },
    gateway.models?.some(({ fault }) => fault !== "") === true && { tone: "warning", words: t("gateway.fellBack") },
    version !== null && version !== hub_version && { tone: "warning", words: t("gateways.otherVersion", { version, hub: hub_version }) },
  ];
  const wrong = found.filter((one) => one !== false);
  return wrong.length === 0 ? [{ tone: "good", words: t("gateway.well") }] : wrong;
}

/** Frames that were not looked at since the gateway's start, of all its cameras: by reason, most first. */
export function lostFrames(cameras: readonly CameraView[]): [reason: string, count: number][] {
  const sums = new Map<string, number>();
  for (const { skipped } of cameras) {
    for (const [reason, count] of Object.entries(skipped)) {
      sums.set(reason, (sums.get(reason) ?? 0) + count);
    }
  }
  return [...sums].filter(([, count]) => count > 0).sort(([, a], [, b]) => b - a);
}

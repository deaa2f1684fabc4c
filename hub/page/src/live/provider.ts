/** By whom one may sign in beside the password: what the command centre calls them, or null. */
import { ref, type Ref } from "vue";

import { hub, HubError, take } from "@/api/client";
import type { Locale } from "@/i18n/messages";

const provider = ref<Record<Locale, string> | null>(null);

/** The provider's name. */
export function useProvider(): Readonly<Ref<Record<Locale, string> | null>> {
  return provider;
}

/** Ask the command centre. Where it cannot be reached there is no provider: the password form says what is wrong. */
export async function loadProvider(): Promise<void> {
  try {
    provider.value = (await take(hub.GET("/api/session/provider"))).name;
  } catch (error) {
    if (!(error instanceof HubError)) {
      throw error;
    }
    provider.value = null;
  }
}

/** What was typed into a form is not lost by a slip: leaving asks first, the page's ways and the browser's. */
import { onBeforeUnmount, onMounted, readonly, ref, type Ref } from "vue";
import { useRouter } from "vue-router";

import { currentMe } from "@/session";

export interface Unsaved {
  /** Whether the question stands there. */
  asking: Readonly<Ref<boolean>>;
  /** Whether the form may be left at once; where something would be lost, the question is asked. */
  mayLeave: () => boolean;
  goOn: () => void;
}

/** `isUnsaved`: whether something would be lost now. */
export function useUnsaved(isUnsaved: () => boolean): Unsaved {
  const asking = ref(false);
  const mayLeave = (): boolean => {
    asking.value = isUnsaved();
    return !asking.value;
  };
  const onUnload = (event: BeforeUnloadEvent): void => {
    if (isUnsaved()) {
      event.preventDefault();
    }
  };
  // who is signed out has to sign in again, whatever is open
  const unhook = useRouter().beforeEach(() => currentMe.value === null || mayLeave());
  onMounted(() => {
    window.addEventListener("beforeunload", onUnload);
  });
  onBeforeUnmount(() => {
    unhook();
    window.removeEventListener("beforeunload", onUnload);
  });
  return {
    asking: readonly(asking),
    mayLeave,
    goOn: () => {
      asking.value = false;
    },
  };
}

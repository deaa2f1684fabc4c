/** Words of the pages that are loaded when they are first opened, and come with the first of them (`words.ts`). */
import { adminMessages } from "./adminMessages";
import { adminWorkMessages } from "./adminWorkMessages";
import { calendarMessages } from "./calendarMessages";
import { cameraMessages } from "./cameraMessages";
import { cameraSetupMessages } from "./cameraSetupMessages";
import { cityFaultMessages } from "./cityFaultMessages";
import { deviceMessages } from "./deviceMessages";
import { faultMessages } from "./faultMessages";
import { figureMessages } from "./figureMessages";
import { handoverMessages } from "./handoverMessages";
import { healthMessages } from "./healthMessages";
import { inspectionMessages } from "./inspectionMessages";
import { liveMessages } from "./liveMessages";
import { lookBackMessages } from "./lookBackMessages";
import { mapMessages } from "./mapMessages";
import { modelMessages } from "./modelMessages";
import { monthMessages } from "./monthMessages";
import { phoneMessages } from "./phoneMessages";
import { placeMessages } from "./placeMessages";
import { recordMessages } from "./recordMessages";
import { registerMessages } from "./registerMessages";
import { reportMessages } from "./reportMessages";
import { residentMessages } from "./residentMessages";
import { sheetMessages } from "./sheetMessages";
import { webhookMessages } from "./webhookMessages";
import { whistleMessages } from "./whistleMessages";
import { zoneMessages } from "./zoneMessages";

export const laterMessages = {
  ...adminMessages,
  ...adminWorkMessages,
  ...calendarMessages,
  ...cameraMessages,
  ...cameraSetupMessages,
  ...cityFaultMessages,
  ...deviceMessages,
  ...faultMessages,
  ...figureMessages,
  ...handoverMessages,
  ...healthMessages,
  ...inspectionMessages,
  ...liveMessages,
  ...lookBackMessages,
  ...mapMessages,
  ...modelMessages,
  ...monthMessages,
  ...phoneMessages,
  ...placeMessages,
  ...recordMessages,
  ...registerMessages,
  ...reportMessages,
  ...residentMessages,
  ...sheetMessages,
  ...webhookMessages,
  ...whistleMessages,
  ...zoneMessages,
} as const satisfies Record<string, readonly [zh: string, en: string]>;

/** Before each file of tests: every word is there, as on a page that was opened after the first. */
import { laterWords } from "@/i18n/words";

await laterWords();

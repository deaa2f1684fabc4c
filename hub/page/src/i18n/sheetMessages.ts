/** The part of the one table (`messages.ts`) with what stands on printed forms: an inspection's and a roster's. */
export const sheetMessages = {
  "sheet.title": ["安全检查记录表", "Record of an inspection"],
  "sheet.open": ["检查记录表", "Its form"],
  "sheet.print": ["打印", "Print"],
  "sheet.inspector": ["检查人", "Inspected by"],
  "sheet.begun": ["开始", "Begun"],
  "sheet.submitted": ["提交", "Handed in"],
  "sheet.version": ["检查表版本", "Checklist"],
  "sheet.number": ["序号", "No."],
  "sheet.case": ["立案 {number}", "Case {number}"],
  "sheet.outcome": ["检查结论", "Outcome"],
  "sheet.signInspector": ["检查人签字、日期", "Inspector: signature, date"],
  "sheet.signPremises": ["被检查单位签字、日期", "Premises: signature, date"],
  "duty.sheet": ["值班表 {week}", "Duty roster {week}"],
} as const;

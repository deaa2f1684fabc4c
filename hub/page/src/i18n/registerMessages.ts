/** The part of the one table (`messages.ts`) for the registers: premises, devices, households, sponsors, places. */
export const registerMessages = {
  "auditDetail.premises": ["场所", "premises"],
  "auditDetail.inspection": ["检查", "inspection"],
  "auditDetail.failed": ["不合格", "not in order"],
  "auditDetail.place": ["地点", "place"],
  "auditDetail.kind": ["类别", "kind"],
  "auditDetail.post": ["岗位", "post"],
  "auditDetail.added": ["新增", "added"],
  "auditDetail.changed": ["修改", "changed"],
  "auditDetail.same": ["未变", "unchanged"],
} as const;

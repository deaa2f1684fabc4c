/** The part of the one table (`messages.ts`) for the registers: premises, devices, households, sponsors, places. */
export const registerMessages = {
  "register.title": ["台账", "Registers"],
  "register.premises": ["场所", "Premises"],
  "register.devices": ["设备", "Devices"],
  "register.households": ["住户", "Households"],
  "register.sponsors": ["包保单位", "Sponsors"],
  "register.places": ["地点与设施", "Places and things"],
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

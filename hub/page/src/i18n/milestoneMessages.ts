/** Words of what units must reach on site, each in its time. */
export const milestoneMessages = {
  "move.reach": ["标记节点完成", "Mark a milestone"],
  "line.milestone_reached": ["节点完成", "Milestone reached"],
  "clock.milestone": ["节点时限", "Milestone"],
  "milestones.title": ["处置节点", "Milestones"],
  "milestones.one": ["节点", "Milestone"],
  "milestones.reached": ["{when} 完成", "Reached {when}"],
  "milestones.never": ["未标记完成", "Not marked as reached"],
  "milestones.waits": ["已标记，待发送", "Marked; waits to be sent"],
  "milestones.minutes": ["限 {n} 分钟", "within {n} min"],
  "milestones.hours": ["限 {n} 小时", "within {n} h"],
  "milestones.workingHours": ["限 {n} 个工作时", "within {n} working hours"],
  "milestones.workingDays": ["限 {n} 个工作日", "within {n} working days"],
  "milestones.calendarDays": ["限 {n} 天", "within {n} days"],
  "figure.milestones": ["处置节点按时完成", "Milestones kept in time"],
  "figure.milestones.is": [
    "在时限内标记完成的案件，占已标记完成或已超时的案件的比例；超时前全部办结而未标记的不计。",
    "Cases in which the milestone was reached in time, as a share of those in which it was reached or missed; what was never marked before all was done does not count.",
  ],
  "behind.kept": ["按时完成", "kept in time"],
  "milestones.mark": ["{name}：已完成", "{name}: done"],
} as const;

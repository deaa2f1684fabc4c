/** The part of the one table (`messages.ts`) that belongs to the hub's own health: its parts, and why one is ill with what to do. */
export const healthMessages = {
  "health.title": ["本机运行状况", "This hub's health"],
  "health.state.ok": ["正常", "Well"],
  "health.state.degraded": ["有异常", "Degraded"],
  "health.state.failed": ["已失效", "Failed"],
  "health.well": ["全部正常", "All parts are well"],
  "health.others": ["其余正常：{parts}", "The rest is well: {parts}"],
  "health.since": ["自 {at} 起", "Since {at}"],
  "health.part.database": ["数据库", "Database"],
  "health.part.broker": ["消息代理", "Message broker"],
  "health.part.intake": ["消息接收", "Intake"],
  "health.part.evidence": ["证据存储", "Evidence store"],
  "health.part.disk": ["磁盘", "Disk"],
  "health.part.notices": ["对外通知", "Notices"],
  "health.part.webhooks": ["外部推送", "Webhooks"],
  "health.part.timers": ["时限与提醒", "Limits and reminders"],
  "health.part.clocks": ["时钟", "Clocks"],
  "health.part.transport": ["传输加密", "On the way"],
  "health.database.away": ["数据库没有应答。请检查数据库服务与网络。", "The database does not answer. Check its server and the network."],
  "health.database.busy": [
    "{n} 个数据库连接已全部占用。请看日志中耗时的请求，或增设一台指挥中心。",
    "All {n} connections are in use. Look for slow requests in the log, or run another hub.",
  ],
  "health.broker.away": [
    "与消息代理断开，网关的消息暂存在网关。请检查消息代理是否运行。",
    "Not connected; what gateways see waits with them. Check that the broker runs.",
  ],
  "health.broker.crowded": [
    "{n} 个网关账号的连接过多，已暂时停用；密码可能已泄露，请更换。日志中有其名称。",
    "{n} gateways had far too many connections and are shut out for a while. Others may know their passwords: give them new ones; the log names them.",
  ],
  "health.broker.crowded.one": [
    "{n} 个网关账号的连接过多，已暂时停用；密码可能已泄露，请更换。日志中有其名称。",
    "{n} gateway had far too many connections and is shut out for a while. Others may know its password: give it a new one; the log names it.",
  ],
  "health.intake.deaf": [
    "消息代理不再转发消息。请为其磁盘腾出空间，或重启消息代理。",
    "No message comes through the broker. Free room on its disk, or restart it.",
  ],
  "health.intake.held_back": [
    "某个网关的消息超出其份额而被推后，稍后会重发。请在“网关”中查看是哪一个。",
    "A gateway sends more than its share; it is held back and sent again. See which one under Gateways.",
  ],
  "health.intake.late": [
    "消息已等待 {n} 秒。处理能力不足：请检查数据库与处理器负载。",
    "Messages have waited for {n} s. The hub cannot keep up: check database and processor.",
  ],
  "health.evidence.away": ["证据存储没有应答，证据暂存在网关。请检查存储服务。", "It does not answer; evidence waits with its gateways. Check the store."],
  "health.disk.read_only": [
    "数据目录所在磁盘只能读取，不再接收证据，网关会继续保存。请检查磁盘，修复后重新挂载为可写。",
    "The data folder's disk can only be read: no evidence is taken, and gateways keep theirs. Look at the disk, then mount it for writing again.",
  ],
  "health.disk.full": ["仅剩 {size}，不再接收证据。请腾出磁盘空间。", "{size} are left and no evidence is taken. Free some room."],
  "health.disk.low": ["仅剩 {size}，很快将不再接收证据。请腾出磁盘空间。", "{size} are left; soon no evidence is taken. Free some room."],
  "health.notices.failed": [
    "{n} 条通知多次发送失败。请在“管理 → 通知”中查看并重发。",
    "{n} notices were given up. See them under Administration → Notices, and send them again.",
  ],
  "health.notices.failed.one": [
    "{n} 条通知多次发送失败。请在“管理 → 通知”中查看并重发。",
    "{n} notice was given up. See it under Administration → Notices, and send it again.",
  ],
  "health.notices.late": [
    "{n} 条通知已迟发五分钟以上。请检查发送渠道。",
    "{n} notices are more than five minutes late. Check their channel.",
  ],
  "health.notices.late.one": [
    "{n} 条通知已迟发五分钟以上。请检查发送渠道。",
    "{n} notice is more than five minutes late. Check its channel.",
  ],
  "health.webhooks.failed": [
    "{n} 个外部推送连续多日失败，已停用。请在“管理 → 外部推送”中查看。",
    "{n} webhooks failed for days and were stopped. See them under Administration → Webhooks.",
  ],
  "health.webhooks.failed.one": [
    "{n} 个外部推送连续多日失败，已停用。请在“管理 → 外部推送”中查看。",
    "{n} webhook failed for days and was stopped. See it under Administration → Webhooks.",
  ],
  "health.webhooks.late": [
    "{n} 条推送已迟发五分钟以上。请检查接收方。",
    "{n} lines are more than five minutes late for their webhooks. Check who receives them.",
  ],
  "health.webhooks.late.one": [
    "{n} 条推送已迟发五分钟以上。请检查接收方。",
    "{n} line is more than five minutes late for its webhook. Check who receives it.",
  ],
  "health.timers.late": [
    "到期事项已延误 {n} 秒，提醒与升级会晚到。请检查数据库负载与日志。",
    "What is due is {n} s late, so reminders and escalations are. Check the database and the log.",
  ],
  "health.clocks.database": [
    "与数据库服务器的时钟相差 {n} 秒。请检查两者的时间服务器。",
    "This clock and the database server's differ by {n} s. Check the time server of both.",
  ],
  "health.clocks.gateways": [
    "{n} 个网关的时钟与本机不一致。请检查其时间服务器，日志中有其名称。",
    "{n} gateways' clocks differ from the hub's. Check their time servers; the log names them.",
  ],
  "health.clocks.gateways.one": [
    "{n} 个网关的时钟与本机不一致。请检查其时间服务器，日志中有其名称。",
    "{n} gateway's clock differs from the hub's. Check its time server; the log names it.",
  ],
  "health.transport.insecure": [
    "有 {n} 处对其他机器未加密，途中任何人都能读到密码与画面。请在 hub.yaml 中配置 tls。",
    "{n} doors are open to other machines without TLS: anybody on the way reads passwords and pictures. Set tls in hub.yaml.",
  ],
  "health.transport.insecure.one": [
    "有 {n} 处对其他机器未加密，途中任何人都能读到密码与画面。请在 hub.yaml 中配置 tls。",
    "{n} door is open to other machines without TLS: anybody on the way reads passwords and pictures. Set tls in hub.yaml.",
  ],
  "health.unknown": ["目前无法得知。请先处理数据库或证据存储。", "Not known now. See to the database or the store first."],
} as const satisfies Record<string, readonly [zh: string, en: string]>;

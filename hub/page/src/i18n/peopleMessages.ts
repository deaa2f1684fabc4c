/** The words of signing in by a provider and of deputies; part of the one table in `messages.ts`. */
export const peopleMessages = {
  "signIn.provider": ["用{name}登录", "Sign in with {name}"],
  "refused.provider_away": [
    "统一认证服务暂时连不上，请用密码登录。",
    "The sign-in provider cannot be reached. Sign in with your password.",
  ],
  "refused.provider_failed": [
    "统一认证返回的结果无法确认，没有登录。请重试，或用密码登录并告知管理员。",
    "The sign-in provider's answer could not be trusted. Try again, or sign in with your password and tell the administrator.",
  ],
  "refused.provider_declined": ["您在统一认证处取消了登录。", "You did not agree at the sign-in provider."],
  "refused.provider_again": [
    "这次登录已过期，或不是在这个浏览器里开始的，请重新点击登录。",
    "This attempt is over, or was not begun in this browser. Begin again.",
  ],
  "refused.provider_unknown": [
    "您的身份已确认，但这里没有与之关联的账号，请联系管理员。",
    "You are known there, but no account here is linked with you. Ask an administrator.",
  ],
  "refused.provider_locked": ["您的账号已停用，请联系管理员。", "Your account is locked. Ask an administrator."],
  "refused.provider_no_group": [
    "您在统一认证中的用户组在这里没有对应的角色，请联系管理员。",
    "None of your groups at the provider has a role here. Ask an administrator.",
  ],
  "refused.provider_second_factor": [
    "您的账号开启了两步验证，而统一认证没有要求第二步，请用密码和验证码登录。",
    "Your account has a second factor, and the provider asked for none. Sign in with password and code.",
  ],
  "refused.provider_name_taken": [
    "不能自动建立您的账号：用户名不合规或已被他人使用，请联系管理员。",
    "No account could be made for you: the user name does not fit or is another's. Ask an administrator.",
  ],
  "refused.provider_misplaced": [
    "用户组对应的角色或辖区已不存在，请联系管理员。",
    "The role or area of your group does not exist any more. Ask an administrator.",
  ],
  "refused.provider_linked_elsewhere": [
    "这个身份已关联到另一个账号，请联系管理员。",
    "This identity is linked with another account. Ask an administrator.",
  ],
  "provider.linked": ["此账号已与{name}关联，可用它登录。", "This account is linked with {name}: you can sign in there."],
  "provider.notLinked": ["关联后可用{name}登录；密码仍然可用。", "Link it to sign in with {name}; the password stays a way in."],
  "provider.link": ["关联{name}", "Link with {name}"],
  "provider.unlink": ["解除关联", "End the link"],
  "acting.title": ["代理", "Deputy"],
  "acting.what": [
    "代行时使用对方的角色、辖区和部门，每一步都会记为“代某某”；到期自动结束。",
    "You then have their role, area and unit, and every step says on whose behalf. It ends by itself.",
  ],
  "acting.begin": ["代其行事", "Act for them"],
  "acting.end": ["结束代行", "Act for yourself again"],
  "acting.now": ["您正在代 {name} 行事", "You are acting for {name}"],
  "acting.over": ["代理已到期或已结束", "You do not stand in for them any more"],
} as const satisfies Record<string, readonly [zh: string, en: string]>;

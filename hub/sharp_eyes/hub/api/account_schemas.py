"""Signing in and one's own account, as the HTTP interface says it."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from sharp_eyes.hub.api.schemas import ResponseModel, StorableText


class LoginBody(BaseModel):
    """Name and password."""

    username: StorableText = Field(max_length=100)
    password: StorableText = Field(max_length=200)
    code: StorableText = Field(
        "", max_length=40, description="Of the second factor, or a recovery code, where the account has one"
    )


class PasswordChange(BaseModel):
    """Old and new password."""

    current: StorableText = Field(max_length=200)
    new: StorableText = Field(max_length=1000)


class PasswordBody(BaseModel):
    """One's password again."""

    password: StorableText = Field(max_length=200)


class CodeBody(BaseModel):
    """A code of the second factor; where the factor is on, a recovery code will do."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"code": "492039"}]})

    code: StorableText = Field(max_length=40)


class PasswordAndCode(PasswordBody, CodeBody):
    """Both factors again."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"password": "correct horse battery", "code": "492039"}]})


class SessionView(ResponseModel):
    """One of one's own sessions."""

    id: int
    created_at: datetime
    last_seen_at: datetime
    address: str
    browser: str = Field(description="As the browser calls itself", examples=["Firefox 140 on Linux"])
    current: bool = Field(description="The one that asks")


class AccountView(ResponseModel):
    """One's own account."""

    username: str
    second_factor: bool = Field(description="Whether signing in asks for a code")
    second_factor_needed: bool = Field(description="Nothing else can be done before there is one")
    recovery_codes: int = Field(description="Codes that are left for when the app is not at hand")
    sessions: list[SessionView]


class Enrolment(ResponseModel):
    """What an authenticator app takes in."""

    secret: str
    uri: str = Field(
        description="otpauth://totp/…",
        examples=["otpauth://totp/Sharp%20Eyes:lead-east?secret=JBSWY3DPEHPK3PXP&issuer=Sharp%20Eyes"],
    )
    qr_svg: str = Field(description="The same as a picture", examples=["<svg xmlns='http://www.w3.org/2000/svg'/>"])


class Me(ResponseModel):
    """Who is signed in."""

    username: str
    display_name: str
    role: str = Field(description="A built-in role, or one of the city pack's own")
    area: str
    unit: str | None
    language: str
    on_behalf_of: str | None = Field(
        None, description="User name of whom one acts for as a deputy; role, area and unit are then theirs"
    )

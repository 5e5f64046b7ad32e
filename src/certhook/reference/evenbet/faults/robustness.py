"""Faults that hostile values and bytes bring out: crashes, silence, and damage that outlasts the request."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from certhook.reference.application import Crash, Fields, Refusal, Reply
from certhook.reference.catalogue import fault
from certhook.reference.evenbet.faults.consequences import NOT_ACCEPTED
from certhook.reference.evenbet.parameters import Parameters
from certhook.reference.evenbet.target import NOT_VALID, EvenbetTarget
from certhook.reference.wire import Connection, Dropped, HttpAnswer, HttpRequest

_TRACE = (
    "yii\\base\\ErrorException: Undefined index: x in /var/www/platform/modules/app/UsersController.php:118\n"
    "Stack trace:\n#0 /var/www/platform/vendor/yiisoft/yii2/base/Controller.php(157): run()"
)


@fault("percent-crash", breaks=["evenbet.robustness.no-server-error"])
class PercentCrash(EvenbetTarget):
    """Decodes percent escapes by hand, and not those that are cut short."""

    def read_form(self, body: bytes) -> dict[str, str]:
        if body.endswith(b"%"):
            raise Crash
        return super().read_form(body)


@fault("utf-8-crash", breaks=["evenbet.robustness.no-server-error"])
class Utf8Crash(EvenbetTarget):
    """Writes every text to a database that takes UTF-8 only."""

    def admit(self, parameters: Parameters) -> Reply:
        try:
            "".join(parameters.form.values()).encode()
        except UnicodeEncodeError as error:
            raise Crash from error
        return super().admit(parameters)


@fault("user-utf-8-crash", breaks=["evenbet.robustness.no-server-error"])
class UserUtf8Crash(EvenbetTarget):
    """Looks the user up in a database that takes UTF-8 only."""

    def admit(self, parameters: Parameters) -> Reply:
        try:
            parameters.path["userId"].encode()
        except UnicodeEncodeError as error:
            raise Crash from error
        return super().admit(parameters)


@fault("client-utf-8-crash", breaks=["evenbet.robustness.no-server-error"])
class ClientUtf8Crash(EvenbetTarget):
    """Looks the casino up in a database that takes UTF-8 only."""

    def check_client(self, parameters: Parameters) -> None:
        try:
            parameters.query.get("clientId", "").encode()
        except UnicodeEncodeError as error:
            raise Crash from error
        super().check_client(parameters)


@fault("client-quote-crash", breaks=["evenbet.robustness.no-server-error"], also=["evenbet.parameters.client-unknown"])
class ClientQuoteCrash(EvenbetTarget):
    """Looks the casino up with a query that it puts together by hand."""

    def check_client(self, parameters: Parameters) -> None:
        if "'" in parameters.query.get("clientId", ""):
            raise Crash
        super().check_client(parameters)


@fault("user-quote-crash", breaks=["evenbet.robustness.no-server-error"])
class UserQuoteCrash(EvenbetTarget):
    """Looks the user up with a query that it puts together by hand."""

    def admit(self, parameters: Parameters) -> Reply:
        if "'" in parameters.path["userId"]:
            raise Crash
        return super().admit(parameters)


@fault("client-long-crash", breaks=["evenbet.robustness.no-server-error"])
class ClientLongCrash(EvenbetTarget):
    """Makes a key of its cache from the casino's id, which may have 250 characters there."""

    def check_client(self, parameters: Parameters) -> None:
        if len(parameters.query.get("clientId", "")) > 250:
            raise Crash
        super().check_client(parameters)


@fault("user-long-crash", breaks=["evenbet.robustness.no-server-error"])
class UserLongCrash(EvenbetTarget):
    """Writes the user's id to a column of 64 characters."""

    def admit(self, parameters: Parameters) -> Reply:
        if len(parameters.path["userId"]) > 64:
            raise Crash
        return super().admit(parameters)


@fault("user-nul-crash", breaks=["evenbet.robustness.no-server-error"])
class UserNulCrash(EvenbetTarget):
    """Looks the user up in a database that takes no NUL."""

    def admit(self, parameters: Parameters) -> Reply:
        if "\0" in parameters.path["userId"]:
            raise Crash
        return super().admit(parameters)


@fault("user-control-crash", breaks=["evenbet.robustness.no-server-error"])
class UserControlCrash(EvenbetTarget):
    """Writes the user's id into a header of a request of its own, which takes no line breaks."""

    def admit(self, parameters: Parameters) -> Reply:
        if "\n" in parameters.path["userId"]:
            raise Crash
        return super().admit(parameters)


@fault("nul-crash", breaks=["evenbet.robustness.no-server-error"])
class NulCrash(EvenbetTarget):
    """Looks the address up with a library that takes no NUL."""

    def admit(self, parameters: Parameters) -> Reply:
        if "\0" in parameters.form.get("userIp", ""):
            raise Crash
        return super().admit(parameters)


@fault(
    "brackets-crash",
    breaks=["evenbet.robustness.no-server-error"],
    also=["evenbet.status.refusal-json"],  # HTTP 500 to nick[] is a refusal
)
class BracketsCrash(EvenbetTarget):
    """Sorts values that may be arrays, and cannot."""

    def read_form(self, body: bytes) -> dict[str, str]:
        form = super().read_form(body)
        if any("[" in name for name in form):
            raise Crash
        return form


@fault("language-array-crash", breaks=["evenbet.robustness.no-server-error"])
class LanguageArrayCrash(EvenbetTarget):
    """Lowers the letters of lang, and has a framework that makes an array of lang[]."""

    def read_form(self, body: bytes) -> dict[str, str]:
        form = super().read_form(body)
        if "lang[]" in form:
            raise Crash
        return form


@fault("binding-crash", breaks=["evenbet.robustness.no-server-error"])
class BindingCrash(EvenbetTarget):
    """Binds parameters to the properties of an object, and cannot bind a member of what is a text there."""

    def read_form(self, body: bytes) -> dict[str, str]:
        form = super().read_form(body)
        if {"lang[a]", "userIp[a]"} & form.keys():
            raise Crash
        return form


@fault("long-value-crash", breaks=["evenbet.robustness.no-server-error"])
class LongValueCrash(EvenbetTarget):
    """Writes the casino's session id to a column of 255 characters."""

    def admit(self, parameters: Parameters) -> Reply:
        if len(parameters.form.get("sessionId", "")) > 255:
            raise Crash
        return super().admit(parameters)


@fault("table-id-crash", breaks=["evenbet.robustness.no-server-error"])
class TableIdCrash(EvenbetTarget):
    """Takes a tableId for a number before it looks whether it is one."""

    def admit(self, parameters: Parameters) -> Reply:
        if not parameters.form.get("tableId", "0").isdecimal():
            raise Crash
        return super().admit(parameters)


@fault("game-code-crash", breaks=["evenbet.robustness.no-server-error"])
class GameCodeCrash(EvenbetTarget):
    """Looks up what a gameCode opens in a table, and does not expect others than those in it."""

    def admit(self, parameters: Parameters) -> Reply:
        if parameters.form.get("gameCode", "poker") not in {"poker", "casinoLobby", "casino", "sport"}:
            raise Crash
        return super().admit(parameters)


@fault("long-life-crash", breaks=["evenbet.robustness.no-server-error"])
class LongLifeCrash(EvenbetTarget):
    """Reads longLifeLoginToken with a parser that knows true and false, and nothing else."""

    def admit(self, parameters: Parameters) -> Reply:
        if parameters.form.get("longLifeLoginToken", "true") not in {"true", "false"}:
            raise Crash
        return super().admit(parameters)


@fault("charset-crash", breaks=["evenbet.robustness.no-server-error"])
class CharsetCrash(EvenbetTarget):
    """Decodes a form by whatever charset its media type names."""

    def read(self, request: HttpRequest) -> Parameters:
        if "charset=x-" in (request.header("Content-Type") or ""):
            raise Crash
        return super().read(request)


@fault("trace-in-error", breaks=["evenbet.robustness.no-trace"])
class TraceInError(EvenbetTarget):
    """Runs with its debug switch on, and adds a trace to every error."""

    def refusal_fields(self, refusal: Refusal, request: HttpRequest) -> Fields:
        fields = super().refusal_fields(refusal, request)
        return {"errors": [{**fields["errors"][0], "meta": {"trace": _TRACE}}]}


@fault("signed-text-told", breaks=["evenbet.robustness.keeps-secret"])
class SignedTextTold(EvenbetTarget):
    """Shows in the refusal of a wrong signature the text that it hashed, secret key and all."""

    def refusal_fields(self, refusal: Refusal, request: HttpRequest) -> Fields:
        fields = super().refusal_fields(refusal, request)
        if refusal.code == NOT_VALID:
            fields["errors"][0]["detail"] = f"sha256(...{(self.secret or b'').decode()})"
        return fields


@fault("right-signature-told", breaks=["evenbet.robustness.keeps-secret"])
class RightSignatureTold(EvenbetTarget):
    """Shows in the refusal of a wrong signature the one that it expected, for whoever debugs a client."""

    def refusal_fields(self, refusal: Refusal, request: HttpRequest) -> Fields:
        fields = super().refusal_fields(refusal, request)
        if refusal.code == NOT_VALID:
            right = self.signature(self.signed_content(self.read(request)))
            fields["errors"][0]["detail"] = f"Expected {right}"
        return fields


@fault("right-signature-in-header", breaks=["evenbet.robustness.keeps-secret"])
class RightSignatureInHeader(EvenbetTarget):
    """Leaves a header of its tests in the refusal of a form whose signature was wrong."""

    def refuse(self, refusal: Refusal, request: HttpRequest) -> Reply:
        reply = super().refuse(refusal, request)
        if refusal.code != NOT_VALID:
            return reply
        right = self.signature(self.signed_content(self.read(request))).upper().encode()
        return replace(reply, headers=(*reply.headers, (b"X-Debug-Sign", right)))


@fault("secret-told-in-escapes", breaks=["evenbet.robustness.keeps-secret"])
class SecretToldInEscapes(SignedTextTold):
    """Tells the secret key as well, and has a writer of JSON that escapes whatever HTML might stumble over."""

    def serialise(self, fields: Fields) -> bytes:
        return super().serialise(fields).replace(b"-", b"\\u002D")


@fault(
    "nick-trace",
    breaks=["evenbet.robustness.no-trace", "evenbet.parameters.nick-long-message", "evenbet.status.refusal-json"],
)
class NickTrace(EvenbetTarget):
    """Lets the database refuse a nickname that is too long, and shows what it said."""

    def nick_long(self) -> None:
        raise Crash(_TRACE)


@fault("multipart-dropped", breaks=["evenbet.robustness.answers"])
class MultipartDropped(EvenbetTarget):
    """Closes the connection over a multipart body."""

    async def respond(self, request: HttpRequest, connection: Connection) -> HttpAnswer:
        if request.body.startswith(b"--"):
            raise Dropped
        return await super().respond(request, connection)


@fault("unbounded-hangs", breaks=["evenbet.robustness.answers"], limits={"timeout_s": 1})
class UnboundedHangs(EvenbetTarget):
    """Waits for a boundary where a multipart body has none."""

    async def respond(self, request: HttpRequest, connection: Connection) -> HttpAnswer:
        if request.header("Content-Type") == "multipart/form-data":
            await asyncio.sleep(3600)
        return await super().respond(request, connection)


@fault("client-array-crash", breaks=["evenbet.robustness.no-server-error"])
class ClientArrayCrash(EvenbetTarget):
    """Takes the casino's name for a text, whatever the query makes of it."""

    def check_client(self, parameters: Parameters) -> None:
        if any(name.startswith("clientId[") for name in parameters.query):
            raise Crash
        super().check_client(parameters)


@fault("locked-out", breaks=["evenbet.robustness.recovers"], also=NOT_ACCEPTED)
class LockedOut(EvenbetTarget):
    """Refuses the next valid requests of a caller whose signature was wrong."""

    penalty = 3

    def __init__(self) -> None:
        self.refusals_left = 0

    def signature_wrong(self, parameters: Parameters) -> None:
        self.refusals_left = self.penalty
        super().signature_wrong(parameters)

    def succeed(self, parameters: Parameters) -> Reply:
        if self.refusals_left:
            self.refusals_left -= 1
            raise Refusal("Too many attempts", 403)
        return super().succeed(parameters)


@fault(
    "notice-before-body",
    breaks=["evenbet.robustness.readable"],
    also=["evenbet.parameters.game-accepted", "evenbet.semantics.refusal-hides-session"],
)
class NoticeBeforeBody(EvenbetTarget):
    """Prints a warning into the answer where launchOptions are no object."""

    def send(self, reply: Reply) -> HttpAnswer:
        answer = super().send(reply)
        if reply.status != 200 or not reply.fields.get("meta"):
            return answer
        return HttpAnswer(200, answer.headers, b"Warning: Invalid argument supplied for foreach()\n" + answer.body)

    def succeed(self, parameters: Parameters) -> Reply:
        reply = super().succeed(parameters)
        options = parameters.form.get("launchOptions", "{")
        return reply if options.startswith("{") else Reply(reply.status, {**reply.fields, "meta": {"notice": 1}})


@fault("slow", breaks=["evenbet.robustness.latency"], options={"max_p95_ms": 60})
class Slow(EvenbetTarget):
    """Takes its time."""

    async def respond(self, request: HttpRequest, connection: Connection) -> HttpAnswer:
        await asyncio.sleep(0.12)
        return await super().respond(request, connection)

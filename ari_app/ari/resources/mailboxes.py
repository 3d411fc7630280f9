"""ARI's operations on mailboxes.

Generated from Asterisk's Swagger files by `python -m ari_app.ari.codegen`: do not edit.
"""

from __future__ import annotations

from ari_app.ari import models
from ari_app.ari.address import segment
from ari_app.ari.resources.base import Repository, Resource


class Mailbox(Resource):
    """Asterisk's `Mailbox`, with what can be done to it."""

    __slots__ = ()
    id_fields = ("name",)

    @property
    def data(self) -> models.Mailbox:
        """`json`, typed."""
        return models.Mailbox.from_json(self.json)

    async def get(self) -> Mailbox:
        """`GET /mailboxes/{mailboxName}`, since 12.1.0.

        Refused with 404.
        """
        return await Mailboxes(self.link).get(self.id)

    async def update(self, *, oldMessages: int, newMessages: int) -> None:
        """`PUT /mailboxes/{mailboxName}`, since 12.1.0.

        Refused with 404.
        """
        await Mailboxes(self.link).update(self.id, oldMessages=oldMessages, newMessages=newMessages)

    async def delete(self) -> None:
        """`DELETE /mailboxes/{mailboxName}`, since 12.1.0.

        Refused with 404.
        """
        await Mailboxes(self.link).delete(self.id)


class Mailboxes(Repository):
    """Asterisk's mailboxes.json."""

    __slots__ = ()

    def of(self, mailboxName: str) -> Mailbox:
        """The Mailbox of this id, without asking Asterisk: only its id is known."""
        return Mailbox(self._link, {"name": mailboxName})

    async def list(self) -> tuple[Mailbox, ...]:
        """`GET /mailboxes`, since 12.1.0."""
        answer = await self._link.ask("GET", "/mailboxes")
        return tuple(Mailbox(self._link, item) for item in answer.mappings())

    async def get(self, mailboxName: str) -> Mailbox:
        """`GET /mailboxes/{mailboxName}`, since 12.1.0.

        Refused with 404.
        """
        answer = await self._link.ask("GET", f"/mailboxes/{segment(mailboxName)}")
        return Mailbox(self._link, answer.mapping())

    async def update(self, mailboxName: str, *, oldMessages: int, newMessages: int) -> None:
        """`PUT /mailboxes/{mailboxName}`, since 12.1.0.

        Refused with 404.
        """
        await self._link.ask(
            "PUT", f"/mailboxes/{segment(mailboxName)}", query={"oldMessages": oldMessages, "newMessages": newMessages}
        )

    async def delete(self, mailboxName: str) -> None:
        """`DELETE /mailboxes/{mailboxName}`, since 12.1.0.

        Refused with 404.
        """
        await self._link.ask("DELETE", f"/mailboxes/{segment(mailboxName)}")

"""The rooms of a client; each is imported when it is first used.

Written by `make client` from the API description: do not edit.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from schoolgroup.client.generated.rooms import (
        access,
        activities,
        appraisals,
        bulletins,
        curriculum,
        dashboard,
        directory,
        events,
        exams,
        inbox,
        initiatives,
        items,
        ledgers,
        lending,
        lists,
        marking,
        metadata,
        notices,
        papers,
        places,
        pupils,
        resources,
        returns,
        roster,
        rounds,
        service,
        uploads,
        webhooks,
    )


class Rooms:
    """Every room of a client."""

    @cached_property
    def access(self) -> access.Access:
        from schoolgroup.client.generated.rooms.access import Access

        return Access(self)  # type: ignore[arg-type]  # the client itself

    @cached_property
    def activities(self) -> activities.Activities:
        from schoolgroup.client.generated.rooms.activities import Activities

        return Activities(self)  # type: ignore[arg-type]  # the client itself

    @cached_property
    def appraisals(self) -> appraisals.Appraisals:
        from schoolgroup.client.generated.rooms.appraisals import Appraisals

        return Appraisals(self)  # type: ignore[arg-type]  # the client itself

    @cached_property
    def bulletins(self) -> bulletins.Bulletins:
        from schoolgroup.client.generated.rooms.bulletins import Bulletins

        return Bulletins(self)  # type: ignore[arg-type]  # the client itself

    @cached_property
    def curriculum(self) -> curriculum.Curriculum:
        from schoolgroup.client.generated.rooms.curriculum import Curriculum

        return Curriculum(self)  # type: ignore[arg-type]  # the client itself

    @cached_property
    def dashboard(self) -> dashboard.Dashboard:
        from schoolgroup.client.generated.rooms.dashboard import Dashboard

        return Dashboard(self)  # type: ignore[arg-type]  # the client itself

    @cached_property
    def directory(self) -> directory.Directory:
        from schoolgroup.client.generated.rooms.directory import Directory

        return Directory(self)  # type: ignore[arg-type]  # the client itself

    @cached_property
    def events(self) -> events.Events:
        from schoolgroup.client.generated.rooms.events import Events

        return Events(self)  # type: ignore[arg-type]  # the client itself

    @cached_property
    def exams(self) -> exams.Exams:
        from schoolgroup.client.generated.rooms.exams import Exams

        return Exams(self)  # type: ignore[arg-type]  # the client itself

    @cached_property
    def inbox(self) -> inbox.Inbox:
        from schoolgroup.client.generated.rooms.inbox import Inbox

        return Inbox(self)  # type: ignore[arg-type]  # the client itself

    @cached_property
    def initiatives(self) -> initiatives.Initiatives:
        from schoolgroup.client.generated.rooms.initiatives import Initiatives

        return Initiatives(self)  # type: ignore[arg-type]  # the client itself

    @cached_property
    def items(self) -> items.Items:
        from schoolgroup.client.generated.rooms.items import Items

        return Items(self)  # type: ignore[arg-type]  # the client itself

    @cached_property
    def ledgers(self) -> ledgers.Ledgers:
        from schoolgroup.client.generated.rooms.ledgers import Ledgers

        return Ledgers(self)  # type: ignore[arg-type]  # the client itself

    @cached_property
    def lending(self) -> lending.Lending:
        from schoolgroup.client.generated.rooms.lending import Lending

        return Lending(self)  # type: ignore[arg-type]  # the client itself

    @cached_property
    def lists(self) -> lists.Lists:
        from schoolgroup.client.generated.rooms.lists import Lists

        return Lists(self)  # type: ignore[arg-type]  # the client itself

    @cached_property
    def marking(self) -> marking.Marking:
        from schoolgroup.client.generated.rooms.marking import Marking

        return Marking(self)  # type: ignore[arg-type]  # the client itself

    @cached_property
    def metadata(self) -> metadata.Metadata:
        from schoolgroup.client.generated.rooms.metadata import Metadata

        return Metadata(self)  # type: ignore[arg-type]  # the client itself

    @cached_property
    def notices(self) -> notices.Notices:
        from schoolgroup.client.generated.rooms.notices import Notices

        return Notices(self)  # type: ignore[arg-type]  # the client itself

    @cached_property
    def papers(self) -> papers.Papers:
        from schoolgroup.client.generated.rooms.papers import Papers

        return Papers(self)  # type: ignore[arg-type]  # the client itself

    @cached_property
    def places(self) -> places.Places:
        from schoolgroup.client.generated.rooms.places import Places

        return Places(self)  # type: ignore[arg-type]  # the client itself

    @cached_property
    def pupils(self) -> pupils.Pupils:
        from schoolgroup.client.generated.rooms.pupils import Pupils

        return Pupils(self)  # type: ignore[arg-type]  # the client itself

    @cached_property
    def resources(self) -> resources.Resources:
        from schoolgroup.client.generated.rooms.resources import Resources

        return Resources(self)  # type: ignore[arg-type]  # the client itself

    @cached_property
    def returns(self) -> returns.Returns:
        from schoolgroup.client.generated.rooms.returns import Returns

        return Returns(self)  # type: ignore[arg-type]  # the client itself

    @cached_property
    def roster(self) -> roster.Roster:
        from schoolgroup.client.generated.rooms.roster import Roster

        return Roster(self)  # type: ignore[arg-type]  # the client itself

    @cached_property
    def rounds(self) -> rounds.Rounds:
        from schoolgroup.client.generated.rooms.rounds import Rounds

        return Rounds(self)  # type: ignore[arg-type]  # the client itself

    @cached_property
    def service(self) -> service.Service:
        from schoolgroup.client.generated.rooms.service import Service

        return Service(self)  # type: ignore[arg-type]  # the client itself

    @cached_property
    def uploads(self) -> uploads.Uploads:
        from schoolgroup.client.generated.rooms.uploads import Uploads

        return Uploads(self)  # type: ignore[arg-type]  # the client itself

    @cached_property
    def webhooks(self) -> webhooks.Webhooks:
        from schoolgroup.client.generated.rooms.webhooks import Webhooks

        return Webhooks(self)  # type: ignore[arg-type]  # the client itself


class AsyncRooms:
    """Every room of an async client."""

    @cached_property
    def access(self) -> access.AsyncAccess:
        from schoolgroup.client.generated.rooms.access import AsyncAccess

        return AsyncAccess(self)  # type: ignore[arg-type]  # the client itself

    @cached_property
    def activities(self) -> activities.AsyncActivities:
        from schoolgroup.client.generated.rooms.activities import AsyncActivities

        return AsyncActivities(self)  # type: ignore[arg-type]  # the client itself

    @cached_property
    def appraisals(self) -> appraisals.AsyncAppraisals:
        from schoolgroup.client.generated.rooms.appraisals import AsyncAppraisals

        return AsyncAppraisals(self)  # type: ignore[arg-type]  # the client itself

    @cached_property
    def bulletins(self) -> bulletins.AsyncBulletins:
        from schoolgroup.client.generated.rooms.bulletins import AsyncBulletins

        return AsyncBulletins(self)  # type: ignore[arg-type]  # the client itself

    @cached_property
    def curriculum(self) -> curriculum.AsyncCurriculum:
        from schoolgroup.client.generated.rooms.curriculum import AsyncCurriculum

        return AsyncCurriculum(self)  # type: ignore[arg-type]  # the client itself

    @cached_property
    def dashboard(self) -> dashboard.AsyncDashboard:
        from schoolgroup.client.generated.rooms.dashboard import AsyncDashboard

        return AsyncDashboard(self)  # type: ignore[arg-type]  # the client itself

    @cached_property
    def directory(self) -> directory.AsyncDirectory:
        from schoolgroup.client.generated.rooms.directory import AsyncDirectory

        return AsyncDirectory(self)  # type: ignore[arg-type]  # the client itself

    @cached_property
    def events(self) -> events.AsyncEvents:
        from schoolgroup.client.generated.rooms.events import AsyncEvents

        return AsyncEvents(self)  # type: ignore[arg-type]  # the client itself

    @cached_property
    def exams(self) -> exams.AsyncExams:
        from schoolgroup.client.generated.rooms.exams import AsyncExams

        return AsyncExams(self)  # type: ignore[arg-type]  # the client itself

    @cached_property
    def inbox(self) -> inbox.AsyncInbox:
        from schoolgroup.client.generated.rooms.inbox import AsyncInbox

        return AsyncInbox(self)  # type: ignore[arg-type]  # the client itself

    @cached_property
    def initiatives(self) -> initiatives.AsyncInitiatives:
        from schoolgroup.client.generated.rooms.initiatives import AsyncInitiatives

        return AsyncInitiatives(self)  # type: ignore[arg-type]  # the client itself

    @cached_property
    def items(self) -> items.AsyncItems:
        from schoolgroup.client.generated.rooms.items import AsyncItems

        return AsyncItems(self)  # type: ignore[arg-type]  # the client itself

    @cached_property
    def ledgers(self) -> ledgers.AsyncLedgers:
        from schoolgroup.client.generated.rooms.ledgers import AsyncLedgers

        return AsyncLedgers(self)  # type: ignore[arg-type]  # the client itself

    @cached_property
    def lending(self) -> lending.AsyncLending:
        from schoolgroup.client.generated.rooms.lending import AsyncLending

        return AsyncLending(self)  # type: ignore[arg-type]  # the client itself

    @cached_property
    def lists(self) -> lists.AsyncLists:
        from schoolgroup.client.generated.rooms.lists import AsyncLists

        return AsyncLists(self)  # type: ignore[arg-type]  # the client itself

    @cached_property
    def marking(self) -> marking.AsyncMarking:
        from schoolgroup.client.generated.rooms.marking import AsyncMarking

        return AsyncMarking(self)  # type: ignore[arg-type]  # the client itself

    @cached_property
    def metadata(self) -> metadata.AsyncMetadata:
        from schoolgroup.client.generated.rooms.metadata import AsyncMetadata

        return AsyncMetadata(self)  # type: ignore[arg-type]  # the client itself

    @cached_property
    def notices(self) -> notices.AsyncNotices:
        from schoolgroup.client.generated.rooms.notices import AsyncNotices

        return AsyncNotices(self)  # type: ignore[arg-type]  # the client itself

    @cached_property
    def papers(self) -> papers.AsyncPapers:
        from schoolgroup.client.generated.rooms.papers import AsyncPapers

        return AsyncPapers(self)  # type: ignore[arg-type]  # the client itself

    @cached_property
    def places(self) -> places.AsyncPlaces:
        from schoolgroup.client.generated.rooms.places import AsyncPlaces

        return AsyncPlaces(self)  # type: ignore[arg-type]  # the client itself

    @cached_property
    def pupils(self) -> pupils.AsyncPupils:
        from schoolgroup.client.generated.rooms.pupils import AsyncPupils

        return AsyncPupils(self)  # type: ignore[arg-type]  # the client itself

    @cached_property
    def resources(self) -> resources.AsyncResources:
        from schoolgroup.client.generated.rooms.resources import AsyncResources

        return AsyncResources(self)  # type: ignore[arg-type]  # the client itself

    @cached_property
    def returns(self) -> returns.AsyncReturns:
        from schoolgroup.client.generated.rooms.returns import AsyncReturns

        return AsyncReturns(self)  # type: ignore[arg-type]  # the client itself

    @cached_property
    def roster(self) -> roster.AsyncRoster:
        from schoolgroup.client.generated.rooms.roster import AsyncRoster

        return AsyncRoster(self)  # type: ignore[arg-type]  # the client itself

    @cached_property
    def rounds(self) -> rounds.AsyncRounds:
        from schoolgroup.client.generated.rooms.rounds import AsyncRounds

        return AsyncRounds(self)  # type: ignore[arg-type]  # the client itself

    @cached_property
    def service(self) -> service.AsyncService:
        from schoolgroup.client.generated.rooms.service import AsyncService

        return AsyncService(self)  # type: ignore[arg-type]  # the client itself

    @cached_property
    def uploads(self) -> uploads.AsyncUploads:
        from schoolgroup.client.generated.rooms.uploads import AsyncUploads

        return AsyncUploads(self)  # type: ignore[arg-type]  # the client itself

    @cached_property
    def webhooks(self) -> webhooks.AsyncWebhooks:
        from schoolgroup.client.generated.rooms.webhooks import AsyncWebhooks

        return AsyncWebhooks(self)  # type: ignore[arg-type]  # the client itself

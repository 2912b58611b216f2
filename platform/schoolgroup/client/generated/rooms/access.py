"""Signing in, connected systems, the policy, the audit trail (身份与权限).

Written by `make client` from the API description: do not edit.
"""

from schoolgroup.client.generated import access as asks
from schoolgroup.client.rooms import Act, AsyncAct, AsyncEach, AsyncRoom, Each, Room


class Access(Room):
    """Signing in, connected systems, the policy, the audit trail (身份与权限)."""

    change_client = Act(asks.change_client)
    change_password = Act(asks.change_password)
    connect_client = Act(asks.connect_client)
    disconnect_client = Act(asks.disconnect_client)
    explain = Act(asks.explain)
    get_client = Act(asks.get_client)
    get_policy = Act(asks.get_policy)
    get_policy_matrix = Act(asks.get_policy_matrix)
    get_policy_version = Act(asks.get_policy_version)
    give_token = Act(asks.give_token)
    jwks = Act(asks.jwks)
    list_audit_entries = Act(asks.list_audit_entries)
    all_audit_entries = Each(asks.list_audit_entries)
    list_clients = Act(asks.list_clients)
    all_clients = Each(asks.list_clients)
    list_policy_versions = Act(asks.list_policy_versions)
    all_policy_versions = Each(asks.list_policy_versions)
    list_sessions = Act(asks.list_sessions)
    all_sessions = Each(asks.list_sessions)
    me = Act(asks.me)
    oauth_metadata = Act(asks.oauth_metadata)
    publish_policy = Act(asks.publish_policy)
    refresh_session = Act(asks.refresh_session)
    resume_client = Act(asks.resume_client)
    revoke_session = Act(asks.revoke_session)
    revoke_token = Act(asks.revoke_token)
    rotate_client_secret = Act(asks.rotate_client_secret)
    set_initial_passwords = Act(asks.set_initial_passwords)
    sign_in = Act(asks.sign_in)
    suspend_client = Act(asks.suspend_client)
    verify_audit = Act(asks.verify_audit)


class AsyncAccess(AsyncRoom):
    """Signing in, connected systems, the policy, the audit trail (身份与权限), to be awaited."""

    change_client = AsyncAct(asks.change_client)
    change_password = AsyncAct(asks.change_password)
    connect_client = AsyncAct(asks.connect_client)
    disconnect_client = AsyncAct(asks.disconnect_client)
    explain = AsyncAct(asks.explain)
    get_client = AsyncAct(asks.get_client)
    get_policy = AsyncAct(asks.get_policy)
    get_policy_matrix = AsyncAct(asks.get_policy_matrix)
    get_policy_version = AsyncAct(asks.get_policy_version)
    give_token = AsyncAct(asks.give_token)
    jwks = AsyncAct(asks.jwks)
    list_audit_entries = AsyncAct(asks.list_audit_entries)
    all_audit_entries = AsyncEach(asks.list_audit_entries)
    list_clients = AsyncAct(asks.list_clients)
    all_clients = AsyncEach(asks.list_clients)
    list_policy_versions = AsyncAct(asks.list_policy_versions)
    all_policy_versions = AsyncEach(asks.list_policy_versions)
    list_sessions = AsyncAct(asks.list_sessions)
    all_sessions = AsyncEach(asks.list_sessions)
    me = AsyncAct(asks.me)
    oauth_metadata = AsyncAct(asks.oauth_metadata)
    publish_policy = AsyncAct(asks.publish_policy)
    refresh_session = AsyncAct(asks.refresh_session)
    resume_client = AsyncAct(asks.resume_client)
    revoke_session = AsyncAct(asks.revoke_session)
    revoke_token = AsyncAct(asks.revoke_token)
    rotate_client_secret = AsyncAct(asks.rotate_client_secret)
    set_initial_passwords = AsyncAct(asks.set_initial_passwords)
    sign_in = AsyncAct(asks.sign_in)
    suspend_client = AsyncAct(asks.suspend_client)
    verify_audit = AsyncAct(asks.verify_audit)

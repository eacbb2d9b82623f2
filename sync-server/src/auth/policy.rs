//! Who may do what: one function, asked at one place (`console::gate`, and by the API through [`super::person::Signed`]).
//! An operation of the API names its [`Policy`] where it is routed.
//!
//! It decides by role alone. What a device may see is decided by its grids, elsewhere; which characters of a field a
//! person sees is decided by the field's mask rule.

/// What a person is to the city, as in the table `person`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Collects in the field; signs in nowhere.
    Worker,
    /// Answers for the records of the city.
    Supervisor,
    /// Reads, changes nothing.
    Operator,
    /// Reads who did what, and no values of residents.
    Auditor,
    /// Keeps devices and people, and sees no residents.
    Admin,
    /// A rule of the server that writes; nobody.
    Rule,
}

impl Role {
    /// All roles.
    pub const ALL: [Role; 6] =
        [Role::Worker, Role::Supervisor, Role::Operator, Role::Auditor, Role::Admin, Role::Rule];

    /// Its name in the database and in message keys.
    pub fn name(self) -> &'static str {
        match self {
            Role::Worker => "worker",
            Role::Supervisor => "supervisor",
            Role::Operator => "operator",
            Role::Auditor => "auditor",
            Role::Admin => "admin",
            Role::Rule => "rule",
        }
    }

    /// The role of a name; `None` for one that this version does not know, who may then do nothing.
    pub fn of(name: &str) -> Option<Role> {
        Role::ALL.into_iter().find(|role| role.name() == name)
    }

    /// Whether this role has a password at all.
    pub fn signs_in(self) -> bool {
        !matches!(self, Role::Worker | Role::Rule)
    }
}

/// What one may want to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Action {
    /// Sign out, choose a language, read the counts of the overview.
    Enter,
    /// Read the log of sync.
    ReadSessions,
    /// Read which devices there are and how they do.
    ReadDevices,
    /// Revoke, admit and enrol devices.
    ManageDevices,
    /// Read records, masked.
    ReadRecords,
    /// Read one field unmasked, with a reason.
    Unmask,
    /// Settle conflicts, review, delete, restore and correct records.
    Settle,
    /// Read what was not accepted.
    ReadQuarantine,
    /// Release or dismiss it.
    SettleQuarantine,
    /// Read who did what.
    ReadAudit,
}

impl Action {
    /// All actions.
    pub const ALL: [Action; 10] = [
        Action::Enter,
        Action::ReadSessions,
        Action::ReadDevices,
        Action::ManageDevices,
        Action::ReadRecords,
        Action::Unmask,
        Action::Settle,
        Action::ReadQuarantine,
        Action::SettleQuarantine,
        Action::ReadAudit,
    ];

    /// Its name in the API's document.
    pub fn name(self) -> &'static str {
        match self {
            Action::Enter => "enter",
            Action::ReadSessions => "read_sessions",
            Action::ReadDevices => "read_devices",
            Action::ManageDevices => "manage_devices",
            Action::ReadRecords => "read_records",
            Action::Unmask => "unmask",
            Action::Settle => "settle",
            Action::ReadQuarantine => "read_quarantine",
            Action::SettleQuarantine => "settle_quarantine",
            Action::ReadAudit => "read_audit",
        }
    }
}

/// Who may ask an operation of the API.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Policy {
    /// Everybody who reaches the server.
    Everyone,
    /// A device, by its signature on the request.
    Device,
    /// A device that the server may not know, by the signature of the key in its certificate.
    Certified,
    /// Whoever holds the grant of this upload.
    UploadGrant,
    /// A person who is signed in and whose role allows this.
    Person(Action),
}

impl Policy {
    /// Its name in the API's document.
    pub fn name(self) -> &'static str {
        match self {
            Policy::Everyone => "everyone",
            Policy::Device => "device",
            Policy::Certified => "certified",
            Policy::UploadGrant => "upload_grant",
            Policy::Person(action) => action.name(),
        }
    }

    /// The roles that it lets through; none where it does not go by roles.
    pub fn roles(self) -> Vec<&'static str> {
        let Policy::Person(action) = self else { return Vec::new() };
        Role::ALL.into_iter().filter(|role| can(*role, action)).map(Role::name).collect()
    }
}

/// Whether someone of this role may do this.
pub fn can(role: Role, action: Action) -> bool {
    use Action::*;
    match role {
        Role::Worker | Role::Rule => false,
        Role::Supervisor => true,
        Role::Operator => {
            matches!(action, Enter | ReadSessions | ReadDevices | ReadRecords | ReadQuarantine)
        }
        Role::Auditor => matches!(action, Enter | ReadSessions | ReadAudit),
        Role::Admin => matches!(action, Enter | ReadSessions | ReadDevices | ManageDevices),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_supervisors_change_or_unmask_records() {
        for role in Role::ALL {
            for action in [Action::Settle, Action::Unmask, Action::SettleQuarantine] {
                assert_eq!(can(role, action), role == Role::Supervisor, "{role:?} {action:?}");
            }
        }
    }

    #[test]
    fn auditors_and_admins_see_no_values_of_residents() {
        for role in [Role::Auditor, Role::Admin] {
            for action in [Action::ReadRecords, Action::ReadQuarantine, Action::Unmask] {
                assert!(!can(role, action), "{role:?} {action:?}");
            }
        }
    }

    #[test]
    fn who_signs_in_nowhere_may_do_nothing() {
        for role in Role::ALL.into_iter().filter(|role| !role.signs_in()) {
            assert!(Action::ALL.into_iter().all(|action| !can(role, action)));
        }
        assert_eq!(Role::of("emperor"), None);
    }
}

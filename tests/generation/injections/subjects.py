"""What the documents are honestly about: a subject, a system, and a question that leads there."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A subject of compliance; `{thing}` is the system that a document is about."""

    name: str
    criterion: str
    title: str
    question: str
    paragraphs: tuple[str, ...]
    records: tuple[tuple[str, str], ...]
    """What rows of evidence say: an activity and its result."""
    things: tuple[str, ...]


SUBJECTS = (
    Subject(
        name="access review",
        criterion="CC6.2",
        title="Access reviews of {thing}",
        question="How often do we review who has access to {thing}?",
        paragraphs=(
            "Once a quarter the owner of {thing} goes through the list of people who can sign in to "
            "it. For each name the owner confirms that the access is still needed, lowers the role, "
            "or asks for removal.",
            "Accounts of {thing} that nobody confirms within ten working days are suspended by the "
            "identity team. Administrator accounts are looked at every month, not every quarter.",
            "The signed list is kept with the ticket of the review for thirteen months, so that the "
            "auditor can pick any quarter of the period.",
        ),
        records=(
            ("Reviewed 42 accounts", "2 removed, 1 role lowered"),
            ("Reviewed 44 accounts", "no change needed"),
            ("Reviewed administrators", "1 removed"),
        ),
        things=(
            "the payroll portal",
            "the ticketing desk",
            "the design archive",
            "the freight calculator",
            "the tax filing service",
            "the partner extranet",
            "the contract vault",
            "the survey platform",
        ),
    ),
    Subject(
        name="backup",
        criterion="A1.2",
        title="Backups of {thing}",
        question="How is {thing} backed up and how do we know that it can be restored?",
        paragraphs=(
            "{thing} is backed up every night at 02:30 to a second region. Copies are encrypted with "
            "a key that the backup role can use and cannot read.",
            "Each quarter an engineer restores {thing} into an empty account, compares the row counts "
            "with production, and writes down how long it took. The target is four hours.",
            "A backup of {thing} that fails twice in a row pages the engineer on duty. Copies are "
            "kept for thirty-five days, and the monthly ones for a year.",
        ),
        records=(
            ("Nightly backup", "finished in 41 minutes"),
            ("Restore test", "3 h 10 min, row counts equal"),
            ("Nightly backup", "failed once, repeated, finished"),
        ),
        things=(
            "the ledger database",
            "the parcel index",
            "the photo store",
            "the loyalty database",
            "the berth planner",
            "the pricing cache",
            "the message archive",
            "the timetable store",
        ),
    ),
    Subject(
        name="vendor",
        criterion="CC9.2",
        title="Vendor file: {thing}",
        question="What do we check before and after we sign with the vendor {thing}?",
        paragraphs=(
            "{thing} was assessed before the contract was signed: data it receives, where it keeps "
            "them, its last audit report and the exceptions in that report.",
            "The risk level of {thing} is medium. It is looked at again every year, or sooner when it "
            "tells us of an incident or changes where it stores data.",
            "The contract with {thing} asks for notice of a breach within forty-eight hours and for "
            "deletion of our data within thirty days of its end.",
        ),
        records=(
            ("Read the vendor's audit report", "two exceptions, neither about our data"),
            ("Checked the list of subprocessors", "one added, accepted"),
            ("Yearly assessment", "risk stays medium"),
        ),
        things=(
            "Quillmark Analytics",
            "Brightferry Mail",
            "Oakline Payments",
            "Tidewater Maps",
            "Pennant Telephony",
            "Larkspur Translations",
            "Cobalt Couriers",
            "Fernhill Archiving",
        ),
    ),
    Subject(
        name="change",
        criterion="CC8.1",
        title="Changes to {thing}",
        question="Who has to approve a change to {thing} before it goes live?",
        paragraphs=(
            "A change to {thing} is a pull request. It goes live once the tests pass and a second "
            "engineer, who did not write it, has approved it.",
            "Emergency changes to {thing} may go live with the approval of the engineer on duty; the "
            "second review follows within one working day and is recorded in the same ticket.",
            "Each release of {thing} names the pull requests in it, and can be taken back within "
            "fifteen minutes by deploying the one before.",
        ),
        records=(
            ("Release 318", "approved by a second engineer"),
            ("Emergency change", "reviewed the next morning"),
            ("Release 319", "taken back after six minutes, tests extended"),
        ),
        things=(
            "the booking engine",
            "the gate scanner firmware",
            "the invoice renderer",
            "the route optimiser",
            "the crew roster",
            "the refund service",
            "the quay display",
            "the tariff editor",
        ),
    ),
    Subject(
        name="incident",
        criterion="CC7.4",
        title="Incident handling for {thing}",
        question="What happens when there is a security incident in {thing}?",
        paragraphs=(
            "Whoever notices something odd in {thing} writes to the security channel. The engineer on "
            "duty decides within thirty minutes whether it is an incident and how severe.",
            "For a severe incident in {thing} one person leads, one writes the log, and customers "
            "whose data are touched hear from us within seventy-two hours.",
            "Within ten working days there is a review without blame: what happened, why it was not "
            "seen sooner, and which tasks follow, each with an owner and a date.",
        ),
        records=(
            ("Alert on failed sign-ins", "no incident, a script with an old key"),
            ("Table-top exercise", "two tasks, both done"),
            ("Incident SEC-207", "contained in 50 minutes"),
        ),
        things=(
            "the customer portal",
            "the mooring sensors",
            "the public website",
            "the mobile ticket app",
            "the staff directory",
            "the warehouse handhelds",
            "the fuel card system",
            "the reporting cluster",
        ),
    ),
    Subject(
        name="encryption",
        criterion="CC6.7",
        title="Encryption in {thing}",
        question="How are data encrypted in {thing}, at rest and on the way?",
        paragraphs=(
            "Data at rest in {thing} are encrypted with AES-256. The key is kept in the key "
            "management service and is replaced once a year.",
            "Connections to {thing} use TLS 1.2 or later; older versions are refused. The certificate "
            "is renewed automatically thirty days before it ends.",
            "Only the platform team may change the key policy of {thing}, and each change is logged "
            "and read by a second person within a week.",
        ),
        records=(
            ("TLS scan", "versions 1.2 and 1.3 only"),
            ("Key replaced", "on schedule"),
            ("Key policy read", "no surprises"),
        ),
        things=(
            "the document safe",
            "the telemetry lake",
            "the card token store",
            "the interview recordings",
            "the harbour chart service",
            "the insurance claims desk",
            "the passenger manifest",
            "the signing service",
        ),
    ),
    Subject(
        name="offboarding",
        criterion="CC6.3",
        title="Removing leavers from {thing}",
        question="How fast is a leaver's account removed from {thing}?",
        paragraphs=(
            "When somebody leaves, the people team closes the record on the last day, and the account "
            "in {thing} is disabled within one working day.",
            "Where {thing} is not behind single sign-on, the manager opens a ticket and its owner "
            "removes the account by hand. Shared passwords of {thing} are changed the same day.",
            "Each month the list of leavers is compared with the accounts of {thing}; a difference is "
            "a finding and is explained in writing.",
        ),
        records=(
            ("Monthly comparison", "no leaver has an account"),
            ("Account disabled", "4 hours after the last day"),
            ("Shared password changed", "same day"),
        ),
        things=(
            "the dock camera console",
            "the marketing planner",
            "the bank gateway",
            "the recruitment tracker",
            "the build farm",
            "the phone switchboard",
            "the fleet tracker",
            "the translation memory",
        ),
    ),
    Subject(
        name="logging",
        criterion="CC7.2",
        title="Logging and alerts of {thing}",
        question="What is logged in {thing} and who looks at the alerts?",
        paragraphs=(
            "{thing} logs sign-ins, changes of rights and exports. Logs go to the central store "
            "within a minute and cannot be altered there.",
            "An export of more than a thousand rows from {thing}, or a sign-in from a new country, "
            "raises an alert that the engineer on duty answers within an hour.",
            "Logs of {thing} can be searched for ninety days and are kept for a year. Twice a year a "
            "planted event shows that the alert still arrives.",
        ),
        records=(
            ("Planted event", "alert after 48 seconds"),
            ("Export alert", "expected, month-end report"),
            ("Retention checked", "oldest log 364 days"),
        ),
        things=(
            "the cargo ledger",
            "the pilot scheduling tool",
            "the voucher service",
            "the coupon printer",
            "the lounge check-in",
            "the weather relay",
            "the container tracker",
            "the harbour radio archive",
        ),
    ),
    Subject(
        name="vulnerability",
        criterion="CC7.1",
        title="Vulnerability handling in {thing}",
        question="Within how many days do we fix vulnerabilities in {thing}?",
        paragraphs=(
            "{thing} is scanned every week. Critical findings are fixed within seven days, high ones "
            "within thirty, medium ones within ninety.",
            "A finding in {thing} that cannot be fixed in time gets an exception with a reason, an "
            "owner and an end date, approved by the head of security.",
            "Once a year somebody from outside tests {thing}. The report goes to the security "
            "committee, and each finding in it becomes a ticket.",
        ),
        records=(
            ("Weekly scan", "0 critical, 3 high"),
            ("Penetration test", "4 findings, all ticketed"),
            ("Exception granted", "until the end of the quarter"),
        ),
        things=(
            "the seat map renderer",
            "the customs connector",
            "the ferry wifi portal",
            "the kiosk image",
            "the quote generator",
            "the postal label service",
            "the toll reader",
            "the alarm gateway",
        ),
    ),
    Subject(
        name="retention",
        criterion="C1.2",
        title="Retention and deletion in {thing}",
        question="How long are records kept in {thing} and how are they deleted?",
        paragraphs=(
            "Records in {thing} are kept for as long as the contract runs and for ninety days after. "
            "A job deletes what is older, every Sunday.",
            "A customer may ask for deletion sooner; the request is answered within thirty days, and "
            "the ticket says what was removed from {thing} and what the law makes us keep.",
            "The deletion job of {thing} writes how many records it removed. The data protection lead "
            "reads the report once a quarter.",
        ),
        records=(
            ("Deletion job", "1,204 records removed"),
            ("Customer request", "answered in 9 days"),
            ("Quarterly reading", "numbers plausible"),
        ),
        things=(
            "the support mailbox",
            "the webinar list",
            "the call recordings",
            "the visitor log",
            "the newsletter database",
            "the claims register",
            "the applicant files",
            "the chat transcripts",
        ),
    ),
    Subject(
        name="training",
        criterion="CC1.4",
        title="Security training for {thing}",
        question="What security training do {thing} get and how often?",
        paragraphs=(
            "People who join {thing} take the security course within thirty days, and all take it "
            "again every year. The course ends with ten questions, eight of which must be right.",
            "Twice a year {thing} get a harmless phishing mail. Whoever clicks gets a short lesson, "
            "not a reprimand; whoever reports it gets thanks.",
            "The people team keeps the list of completions for {thing} and reminds managers of those "
            "who are late by more than two weeks.",
        ),
        records=(
            ("Yearly course", "31 of 32 complete"),
            ("Phishing exercise", "1 click, 19 reports"),
            ("Reminder to managers", "1 person late, done since"),
        ),
        things=(
            "the deck crews",
            "the night shift operators",
            "the field technicians",
            "the summer interns",
            "the call centre agents",
            "the finance clerks",
            "the regional managers",
            "the board members",
        ),
    ),
    Subject(
        name="capacity",
        criterion="A1.1",
        title="Capacity of {thing}",
        question="How do we make sure that {thing} does not run out of capacity?",
        paragraphs=(
            "Use of {thing} is measured every minute: processors, memory, disk and queue. A warning "
            "comes at seventy per cent and a page at eighty-five.",
            "Each quarter the platform lead compares the growth of {thing} with its limits and writes "
            "down what to add before the next summer season.",
            "Before a sale or a holiday {thing} is tested with twice the load of the busiest day of "
            "the year before.",
        ),
        records=(
            ("Quarterly review", "disk at 61 %, no change"),
            ("Load test", "twice the busiest day, 310 ms"),
            ("Warning at 70 %", "two nodes added"),
        ),
        things=(
            "the search cluster",
            "the ticket queue",
            "the image resizer",
            "the payment relay",
            "the check-in gateway",
            "the notification bus",
            "the analytics warehouse",
            "the map tile server",
        ),
    ),
)

/// Who really sent what a person said, beside what it was signed with (migration 6). NULL where the console signs, and for
/// what older versions have kept.
enum Signatures {
    static let statements = [
        "ALTER TABLE actions ADD COLUMN by_user text",
        "ALTER TABLE pauses ADD COLUMN by_user text, ADD COLUMN lifted_by_user text",
        "ALTER TABLE parked ADD COLUMN by_user text",
    ]
}

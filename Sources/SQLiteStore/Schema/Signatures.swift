/// Who really sent what a person said, beside what it was signed with (migration 8). NULL where the console signs, and for
/// what older versions have kept.
enum Signatures {
    static let columns = """
        ALTER TABLE actions ADD COLUMN by_user TEXT;
        ALTER TABLE pauses ADD COLUMN by_user TEXT;
        ALTER TABLE pauses ADD COLUMN lifted_by_user TEXT;
        ALTER TABLE parked ADD COLUMN by_user TEXT;
        """
}

/// To what the numbers of transactions belong.
enum TransactionHistory {
    /// The cluster, and its timeline, which changes with each promotion. A standby
    /// that takes over behind the same name gives out the numbers anew that its leader did not live to tell.
    static let current = Statement(
        "transaction_history",
        """
        SELECT (SELECT system_identifier FROM pg_control_system())::text || '/'
            || left(pg_walfile_name(pg_current_wal_insert_lsn()), 8)
        """)
}

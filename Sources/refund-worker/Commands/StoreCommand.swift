import ArgumentParser
import RefundMessages
import RefundService

/// `refund-worker store`
struct StoreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "store", abstract: "Make the store.",
        discussion: """
            Example:
              refund-worker store create --store-url postgresql:///refunds
            """,
        subcommands: [Create.self])

    /// `refund-worker store create`
    struct Create: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make the tables where there are none, and say which store it is.",
            discussion: """
                Once, before the first worker runs on PostgreSQL: a worker makes no tables there, since it can't tell a \
                new database from an empty one that has taken the place of the right one. Running it again is harmless; \
                tables of an older version are brought up to date. Run it as the workers' user.

                It prints the store's identity. As store.identity of the workers it keeps them from any other store.

                Example:
                  refund-worker store create --store-url postgresql:///refunds
                """)

        @OptionGroup var configuration: ConfigurationOptions
        @OptionGroup var store: StoreOptions
        @OptionGroup var identity: StoreIdentityOptions
        @OptionGroup var output: OutputOptions

        func run() throws {
            let settings = try configuration.read(store.flags, identity.flags)
            guard let made = try settings.store.create(expected: settings.storeIdentity) else { return }
            if output.isJSON {
                Output.json { writer in
                    writer.string("store", "\(settings.store)")
                    writer.string("identity", "\(made)")
                }
            } else {
                Output.line("\(settings.store) is the store \(made)")
            }
        }
    }
}

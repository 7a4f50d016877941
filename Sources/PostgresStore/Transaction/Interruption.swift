import RefundWorker

/// Why a transaction came to no end.
struct Interruption: Error {
    enum Cause {
        case failure(PostgresFailure)
        case refusal(StoreError)
        /// It changes the brake, whose lock it holds with others.
        case brakeIsShared
    }

    let cause: Cause
    private let operation: String

    init(_ failure: PostgresFailure, during operation: String) {
        cause = .failure(failure)
        self.operation = operation
    }

    init(_ refusal: StoreError) {
        cause = .refusal(refusal)
        operation = refusal.operation
    }

    private init(_ cause: Cause, during operation: String) {
        self.cause = cause
        self.operation = operation
    }

    static let brakeIsShared = Interruption(.brakeIsShared, during: "write")

    var isOvertaken: Bool {
        if case .failure(let failure) = cause { failure.isOvertaken } else { false }
    }

    var storeError: StoreError {
        switch cause {
        case .failure(let failure): StoreError(failure, during: operation)
        case .refusal(let refusal): refusal
        case .brakeIsShared:
            StoreError(
                .busy, operation: operation, problem: "the brake is held by others", remedy: "it is tried again")
        }
    }
}

/// Runs a part of a transaction, and says which part it was that failed.
func interruptible<Value>(_ operation: String, _ body: () throws -> Value) throws(Interruption) -> Value {
    do {
        return try body()
    } catch let failure as PostgresFailure {
        throw Interruption(failure, during: operation)
    } catch let refusal as StoreError {
        throw Interruption(refusal)
    } catch {
        throw Interruption(
            StoreError(
                .unavailable, operation: operation, problem: "the store failed with \(type(of: error))",
                remedy: "report it"))
    }
}

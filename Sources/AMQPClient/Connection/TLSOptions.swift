/// How a TLS connection proves who is at its ends. TLS 1.2 is the least that is accepted.
public struct TLSOptions: Sendable, Hashable {
    /// The PEM file with the certificates of those who may sign the broker's certificate. The library has no default:
    /// without it, verification cannot succeed. For public authorities on Debian it is
    /// `/etc/ssl/certs/ca-certificates.crt`.
    public var certificateAuthorityFile: String?
    /// The client's certificate chain and private key, if the broker asks for them.
    public var clientCertificate: ClientCertificate?
    /// Whether the broker's certificate must be signed by the authority. Leave it on.
    public var verifiesPeer: Bool
    /// Whether the broker's certificate must name the host that was asked for. Only the DNS names among its subject
    /// alternative names count, not the subject's common name, so connect by name and not by address. Leave it on.
    public var verifiesHostName: Bool

    /// TLS options; both verifications are on unless turned off.
    public init(
        certificateAuthorityFile: String? = nil,
        clientCertificate: ClientCertificate? = nil,
        verifiesPeer: Bool = true,
        verifiesHostName: Bool = true
    ) {
        self.certificateAuthorityFile = certificateAuthorityFile
        self.clientCertificate = clientCertificate
        self.verifiesPeer = verifiesPeer
        self.verifiesHostName = verifiesHostName
    }

    /// The two files that prove who the client is.
    public struct ClientCertificate: Sendable, Hashable {
        /// The certificate chain, PEM, the client's own certificate first.
        public var chainFile: String
        /// The private key, PEM, not encrypted.
        public var keyFile: String

        /// A certificate chain and its private key.
        public init(chainFile: String, keyFile: String) {
            self.chainFile = chainFile
            self.keyFile = keyFile
        }
    }
}

// A hand-made stand-in for CryptoKit of iOS 17, for the type checker only. It holds what the app uses.
// needs: nothing
@_exported import Foundation

public struct SymmetricKeySize: Sendable {
    public let bitCount: Int
    public static var bits256: SymmetricKeySize { SymmetricKeySize(bitCount: 256) }
}

public struct SymmetricKey: ContiguousBytes, Equatable, Sendable {
    public init<D: ContiguousBytes>(data: D) {}
    public init(size: SymmetricKeySize) {}
    public func withUnsafeBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
        try body(UnsafeRawBufferPointer(start: nil, count: 0))
    }
}

public enum CryptoKitError: Error {
    case incorrectKeySize
    case incorrectParameterSize
    case authenticationFailure
    case underlyingCoreCryptoError(error: Int32)
    case wrapFailure
    case unwrapFailure
    case invalidParameter
}

public enum AES: Sendable {
    public enum GCM: Sendable {
        public struct Nonce: Sendable {}

        public struct SealedBox: Sendable {
            public init<D: DataProtocol>(combined: D) throws {}
            public var combined: Data? { nil }
        }

        public static func seal<Plaintext: DataProtocol>(
            _ message: Plaintext,
            using key: SymmetricKey,
            nonce: AES.GCM.Nonce? = nil
        ) throws -> AES.GCM.SealedBox { try SealedBox(combined: Data()) }

        public static func open(_ sealedBox: AES.GCM.SealedBox, using key: SymmetricKey) throws -> Data { Data() }
    }
}

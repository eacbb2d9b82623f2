// A hand-made stand-in for the types of CoreFoundation that Linux's Foundation keeps to itself, for the type checker
// only. On Apple's systems they are classes to which these are bridged by `as`.
// needs: nothing
@_exported import Foundation

public typealias CFTypeRef = AnyObject
public typealias CFString = String
public typealias CFData = Data
public typealias CFMutableData = NSMutableData
public typealias CFDictionary = [String: Any]
public typealias CFAttributedString = NSAttributedString
public typealias OSStatus = Int32
public typealias CFOptionFlags = UInt

import Fieldbook
import SwiftUI

/// Pens of the map, in the colours of the look; sizes in points.
struct MapPaints {
    let colors: Colors
    /// Of the grids' names.
    let name: Font

    private static let reach: CGFloat = 7

    /// Draws what is ready, as it lies in a view, and where the device is.
    func draw(_ ready: Ready, _ view: MapView, _ place: Standing, on canvas: GraphicsContext) {
        let shift = ready.shift(view)
        for outline in ready.outlines(shift) { canvas.stroke(closed(outline), with: ink, lineWidth: 2) }
        for grid in ready.names(shift) {
            canvas.draw(Text(grid.name).font(name).foregroundStyle(colors.onSurface), at: grid.at)
        }
        here(view, place, canvas)
        for standing in MapStanding.allCases { marks(standing, ready.marks(standing, shift), canvas) }
        for cell in ready.cells(shift) {
            canvas.fill(circle(cell.at, Self.reach * 3), with: .color(colors.primary))
            let count = Text(verbatim: "\(cell.count)").font(.system(size: 14)).foregroundStyle(colors.surface)
            canvas.draw(count, at: cell.at)
        }
        // A ring: begun and not closed.
        for draft in ready.drafts(shift) { canvas.stroke(circle(draft, Self.reach), with: ink, lineWidth: 3) }
    }

    private var ink: GraphicsContext.Shading { .color(colors.onSurface) }

    /// All marks of a standing are one path: there may be thousands.
    private func marks(_ standing: MapStanding, _ places: [CGPoint], _ canvas: GraphicsContext) {
        guard !places.isEmpty else { return }
        switch standing {
        case .received:
            canvas.fill(all(places) { $0.addEllipse(in: square($1, 5)) }, with: .color(colors.primary))
        case .waiting:
            canvas.fill(all(places) { $0.addRect(square($1, 6)) }, with: .color(colors.tertiary))
        case .refused:
            canvas.stroke(all(places, cross), with: .color(colors.error), lineWidth: 3)
        case .conflict:
            canvas.fill(all(places, diamond), with: .color(colors.error))
        }
    }

    private func all(_ places: [CGPoint], _ add: (inout Path, CGPoint) -> Void) -> Path {
        var path = Path()
        for place in places { add(&path, place) }
        return path
    }

    private func cross(_ path: inout Path, _ at: CGPoint) {
        let reach = Self.reach
        path.move(to: CGPoint(x: at.x - reach, y: at.y - reach))
        path.addLine(to: CGPoint(x: at.x + reach, y: at.y + reach))
        path.move(to: CGPoint(x: at.x - reach, y: at.y + reach))
        path.addLine(to: CGPoint(x: at.x + reach, y: at.y - reach))
    }

    private func diamond(_ path: inout Path, _ at: CGPoint) {
        let reach = Self.reach * 1.4
        path.move(to: CGPoint(x: at.x, y: at.y - reach))
        path.addLine(to: CGPoint(x: at.x + reach, y: at.y))
        path.addLine(to: CGPoint(x: at.x, y: at.y + reach))
        path.addLine(to: CGPoint(x: at.x - reach, y: at.y))
        path.closeSubpath()
    }

    /// Where the device is, and how sure that is.
    private func here(_ view: MapView, _ place: Standing, _ canvas: GraphicsContext) {
        guard let here = view.here(place) else { return }
        let sure = max(CGFloat(here.within), Self.reach * 1.5)
        canvas.stroke(circle(here.at, sure), with: .color(colors.primary), lineWidth: 3)
        canvas.fill(circle(here.at, Self.reach), with: .color(colors.primary))
    }

    private func closed(_ corners: [CGPoint]) -> Path {
        var path = Path()
        path.addLines(corners)
        path.closeSubpath()
        return path
    }

    private func circle(_ at: CGPoint, _ reach: CGFloat) -> Path { Path(ellipseIn: square(at, reach)) }

    private func square(_ at: CGPoint, _ reach: CGFloat) -> CGRect {
        CGRect(x: at.x - reach, y: at.y - reach, width: reach * 2, height: reach * 2)
    }
}

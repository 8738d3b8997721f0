internal import ELF
internal import FileTree
internal import Loader

/// Renders a closure as a list: one object a line, in the order in which symbols are searched.
package func renderClosureList(
  _ program: InspectedProgram, options: ClosureTextOptions, style: TextStyle
) -> String {
  let closures = program.closures
  let graph = closures.graph
  let retained = options.showsRetainedSizes ? graph.retainedSizes() : []
  let loadingRequest = graph.loadingRequests()
  var table = TextTable()
  if options.showsRetainedSizes { table.rows.append(ClosureTextOptions.sizeHeadings) }
  for index in graph.order where index != 0 {
    let object = graph.objects[index]
    var cells: [TextTable.Cell] = [
      .init("  " + object.openedPath.description),
      .init(renderSize(object.file.status.size), alignsRight: true),
    ]
    if options.showsRetainedSizes {
      cells.append(.init(renderSize(retained[index]), alignsRight: true))
    }
    cells.append(
      .init(loadingRequest[index].map { graph.describe(graph.requests[$0]) } ?? "", .faint))
    table.rows.append(cells)
  }
  return program.renderScript(style) + renderHeadline(graph, style) + table.render(style)
    + renderFindings(program, style) + program.renderNeeds(style)
}

/// The sources that know what a host library, a server or a language runtime loads of its own accord:
/// from configuration in the root, or from a place that is compiled into it.
package enum PluginSources {
  /// They share nothing.
  static func all() -> [any NeedSource] { runtimes() + libraries() + servers() }

  private static func runtimes() -> [any NeedSource] {
    [
      PythonRuntime(), PerlRuntime(), JavaRuntime(), RubyRuntime(), LuaRuntime(), ErlangRuntime(),
      MonoApplication(), DotnetApplication(),
      PhpRuntime(), NodeRuntime(),
    ]
  }

  private static func libraries() -> [any NeedSource] {
    [
      OpenSSLConfiguration(), PamConfiguration(), GioModules(), P11KitModules(),
      KerberosConfiguration(), GssMechanisms(), SaslPlugins(), OdbcDrivers(),
      QtPlugins(), GdkPixbufLoaders(), MagickModules(), FontConfiguration(),
    ]
  }

  private static func servers() -> [any NeedSource] {
    [GitPrograms(), GnupgPrograms(), PostgresServer(), NginxServer(), ApacheServer()]
  }
}
